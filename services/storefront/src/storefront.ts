import { type Service, text } from "../../chassis/index.ts";
import { storefront } from "../service.ts";
import { VIEWS } from "../web/src/views.ts";
import { readSite, siteBeside } from "./site.ts";
import { serveSite } from "./site-routes.ts";

const settings = {
  /** Folder of the built pages. In the image they are beside the program; from source `images/web.ts` builds them. */
  WEB_DIRECTORY: text(siteBeside(import.meta.dirname)),
};

/** The shop's pages, ready to be served. */
export const storefrontService: Service<typeof settings> = {
  description: storefront,
  settings,
  migrations: undefined,
  setup({ api, settings: { WEB_DIRECTORY } }) {
    serveSite(api, readSite(WEB_DIRECTORY), VIEWS);
  },
};
