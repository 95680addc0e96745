import type { ReplicatedSettings, SharedSettings } from "../../settings/postgres.ts";
import type { Settings } from "../../settings.ts";
import type { ImageSource } from "../image/source.ts";
import type { PostgresForm } from "../postgres/endpoint.ts";
import { POSTGRES_PORT } from "../postgres/names.ts";
import { ReplicatedPostgres } from "../postgres/replicated.ts";
import { PostgresServer } from "../postgres/server.ts";
import { refuseManaged, volumes } from "./part.ts";
import type { PlatformArgs } from "./platform.ts";

/** How the settings want PostgreSQL to run. */
export function postgresForm({ settings, images, managed }: PlatformArgs): PostgresForm {
  const { postgres } = settings;
  switch (postgres.kind) {
    case "shared":
      return sharedServer(settings, postgres, images);
    case "replicated":
      return replicatedServer(settings, postgres, images);
    case "rds":
      return managed?.postgres ?? refuseManaged(settings, "postgres", "rds", '"shared" or "replicated"');
  }
}

/** One server, a pod with a volume. */
const sharedServer =
  (settings: Settings, postgres: SharedSettings, images: ImageSource): PostgresForm =>
  (name, args, parent) => {
    const component = new PostgresServer(
      name,
      {
        ...args,
        image: images.thirdParty("postgres"),
        storage: postgres.storage,
        ...volumes(settings),
      },
      { parent },
    );
    return {
      name,
      host: name,
      port: POSTGRES_PORT,
      adminUser: "postgres",
      adminSecret: component.adminSecret,
      store: { name, ports: [POSTGRES_PORT] },
      component,
    };
  };

/** A primary and standbys that take over, run by an operator. */
const replicatedServer =
  (settings: Settings, postgres: ReplicatedSettings, images: ImageSource): PostgresForm =>
  (name, args, parent) => {
    const component = new ReplicatedPostgres(
      name,
      {
        ...args,
        image: images.thirdParty("cnpg-postgres"),
        storage: postgres.storage,
        instances: postgres.instances,
        operatorNamespace: postgres.operatorNamespace,
        ...volumes(settings),
        monitoringNamespace: settings.monitoringNamespace,
      },
      { parent },
    );
    return {
      name,
      host: component.host,
      port: POSTGRES_PORT,
      adminUser: "postgres",
      adminSecret: component.adminSecret,
      authority: component.authority,
      store: { name, ports: [POSTGRES_PORT], podLabels: component.podLabels },
      component,
    };
  };
