/** Name of the agents, by which Loki's policy knows them. */
export const AGENT = "log-agent";
