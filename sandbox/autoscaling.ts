/**
 * How autoscaling is set in the sandbox, in seconds: a load step is to be answered within 30 s. Metrics every 10 s, looked
 * at every 5 s rather than 15, and a fresh pod's use counts after 30 s rather than five minutes.
 */
export const AUTOSCALING = {
  syncPeriod: 5,
  initialReadinessDelay: 10,
  cpuInitializationPeriod: 30,
  /** Of metrics-server. It must exceed {@link AUTOSCALING.kubeletRequestTimeout}. */
  metricResolution: 10,
  kubeletRequestTimeout: 5,
} as const;
