/** Paths of the page, as its server and it itself read them. */
export const VIEWS = ["/", "/dashboards/:name"] as const;

/** The first one that people see. */
export const FIRST = "platform-overview";
