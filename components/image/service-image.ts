import { Image, type ImageArgs } from "@pulumi/docker-build/image.js";
import * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "../transform.ts";

/** Credentials of a registry. */
export interface RegistryLoginArgs {
  /**
   * The registry's host.
   *
   * @example "registry.example.com"
   */
  address: pulumi.Input<string>;
  /**
   * Name of the user.
   *
   * @example "AWS"
   */
  username: pulumi.Input<string>;
  /**
   * Password or token.
   *
   * @example config.requireSecret("password")
   */
  password: pulumi.Input<string>;
}

/** What a {@link ServiceImage} is made from. Its name is that of the service. */
export interface ServiceImageArgs {
  /**
   * Where it is pushed, without the image's own name.
   *
   * @example "registry.example.com/tradestack"
   */
  registry: pulumi.Input<string>;
  /**
   * Credentials of the registry.
   *
   * @default those that Docker is logged in with
   */
  login?: RegistryLoginArgs;
  /**
   * Tag that stands for the content: the same content has the same tag, so that nothing is built twice.
   *
   * @example "5d1f6a0c9b3e7f42"
   */
  tag: string;
  /**
   * Directory that the build may read.
   *
   * @example "."
   */
  context: string;
  /**
   * Path of the Dockerfile.
   *
   * @example "images/service/Dockerfile"
   */
  dockerfile: string;
  /**
   * Build arguments.
   *
   * @default {}
   * @example { SERVICE: "order" }
   */
  buildArgs?: Record<string, string>;
  /**
   * Where images that the Dockerfile builds on are had from, by the name that it has for them.
   *
   * @default {} from their own registries
   * @example { "node:26": "registry.example.com/mirror/docker.io/library/node:26" }
   */
  baseImages?: Record<string, string>;
  /**
   * Platforms that it is built for.
   *
   * @default the builder's own
   * @example ["linux/amd64", "linux/arm64"]
   */
  platforms?: string[];
}

/** Options of a {@link ServiceImage} in TypeScript programs. */
export interface ServiceImageOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes the build where the arguments do not reach.
   *
   * @default {} (it is built as the arguments say)
   * @example { image: (built) => ({ ...built, noCache: true }) }
   */
  transform?: { image?: Transform<ImageArgs> };
}

/**
 * The image of a service, built by Docker's BuildKit and pushed to a registry.
 *
 * @example
 * new ServiceImage("order", {
 *   registry: "registry.example.com/shop", tag: "5d1f6a0c9b3e7f42", context: ".", dockerfile: "images/service/Dockerfile",
 * });
 */
export class ServiceImage extends pulumi.ComponentResource {
  /** The reference that pods name; known before the image is built, used after. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ServiceImageArgs, options: ServiceImageOptions = {}) {
    const { transform = {}, ...opts } = options;
    // Without the login: a component's inputs are kept in the state.
    const { login, ...inputs } = args;
    super("tradestack:index:ServiceImage", name, inputs, opts);
    const reference = pulumi.interpolate`${args.registry}/${name}:${args.tag}`;
    const image = new Image(
      `${name}-image`,
      transformed(
        {
          tags: [reference],
          context: { location: args.context, ...namedContexts(args.baseImages) },
          dockerfile: { location: args.dockerfile },
          buildArgs: args.buildArgs ?? {},
          // The importable face has no unions; the provider refuses what is no platform.
          ...(args.platforms === undefined ? {} : { platforms: args.platforms as ImageArgs["platforms"] }),
          ...(login === undefined ? {} : { registries: [login] }),
          push: true,
          // A preview neither builds nor needs Docker.
          buildOnPreview: false,
        },
        transform.image,
      ),
      { parent: this },
    );
    this.reference = pulumi.all([image.tags, reference]).apply(([tags, wanted]) => tags?.[0] ?? wanted);
    this.registerOutputs({ reference: this.reference });
  }
}

/** BuildKit takes a context that has the name of an image in the place of that image. */
function namedContexts(images: Record<string, string> = {}): {
  named?: Record<string, { location: string }>;
} {
  const named = Object.entries(images).map(([name, reference]) => [
    name,
    { location: `docker-image://${reference}` },
  ]);
  // What has no mirror looks as it did before there were any.
  return named.length === 0 ? {} : { named: Object.fromEntries(named) };
}
