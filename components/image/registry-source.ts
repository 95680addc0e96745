import { getRegistryImageOutput } from "@pulumi/docker/getRegistryImage.js";
import type * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../../settings/error.ts";
import type { ThirdPartyImage } from "../../versions.ts";
import { type RegistryLoginArgs, ServiceImage } from "./service-image.ts";
import type { ImageSource } from "./source.ts";

/** How images are had from registries. */
export interface RegistrySourceArgs {
  /** Where images of services are pushed; undefined where all of them are made elsewhere. */
  readonly registry: pulumi.Input<string> | undefined;
  /** Credentials of that registry; default: those that Docker is logged in with. */
  readonly login?: RegistryLoginArgs;
  /** Platforms that images of services are built for; default: the builder's own. */
  readonly platforms?: string[];
  /** References of service images that are made elsewhere, by service. */
  readonly prebuilt: Readonly<Record<string, string | undefined>>;
  /** Tag that stands for the present content of a service's image. */
  readonly tag: (service: string) => string;
  /** Full reference of a third-party image. */
  readonly thirdParty: (name: ThirdPartyImage) => string;
  /** Images that service images are built on, by the name in the Dockerfile, where they come from elsewhere. */
  readonly baseImages: Readonly<Record<string, string>>;
  /** Whether third-party images are pinned to the digest that their registry answers. */
  readonly resolveDigests: boolean;
  /** Root of the source, which images are built from. */
  readonly root: string;
}

/**
 * Images from registries: those of services built and pushed there, or made elsewhere; third-party ones as they are,
 * or pinned by digest.
 *
 * @param opts Parent and so on of the images that are built.
 * @throws {SettingsError} (later, for a service) when its image is neither made elsewhere nor can be pushed.
 */
export function registrySource(
  args: RegistrySourceArgs,
  opts?: pulumi.ComponentResourceOptions,
): ImageSource {
  const built = new Map<string, ServiceImage>();
  return {
    service(name) {
      const prebuilt = args.prebuilt[name];
      if (prebuilt !== undefined) return prebuilt;
      if (args.registry === undefined) {
        throw new SettingsError(
          `tradestack:registry is missing; say where the image of "${name}" is pushed, or name one made elsewhere in tradestack:services.${name}.image`,
        );
      }
      const known = built.get(name);
      if (known !== undefined) return known.reference;
      const image = new ServiceImage(
        name,
        {
          registry: args.registry,
          tag: args.tag(name),
          context: args.root,
          dockerfile: `${args.root}/images/service/Dockerfile`,
          buildArgs: { SERVICE: name },
          baseImages: args.baseImages,
          ...(args.login === undefined ? {} : { login: args.login }),
          ...(args.platforms === undefined ? {} : { platforms: args.platforms }),
        },
        opts,
      );
      built.set(name, image);
      return image.reference;
    },
    thirdParty(name) {
      const reference = args.thirdParty(name);
      // One that is pinned already needs nobody to be asked.
      return args.resolveDigests && !reference.includes("@") ? pinned(reference) : reference;
    },
  };
}

/** A reference with the digest that its registry answers now; as it is where no registry was asked, as in a rendering. */
function pinned(reference: string): pulumi.Output<string> {
  return getRegistryImageOutput({ name: reference }).apply(({ sha256Digest }) =>
    sha256Digest === undefined ? reference : `${reference}@${sha256Digest}`,
  );
}
