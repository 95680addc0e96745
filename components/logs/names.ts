/** By these names its policies, and whoever asks it, know Loki and those that bring it lines. */
export const AGENT = "log-agent";
export const LOKI = "loki";
/** Port of Loki. */
export const LOKI_PORT = 3100;
