import { useEffect } from "preact/hooks";

/** Looks again after a while, each time that something was seen, as long as somebody is looking. */
export function usePolling(milliseconds: number | undefined, seen: unknown, look: () => void): void {
  // What was seen starts the next wait.
  useEffect(() => {
    if (milliseconds === undefined) return;
    const lookIfSeen = () => {
      if (document.visibilityState === "visible") look();
    };
    const timer = setTimeout(lookIfSeen, milliseconds);
    document.addEventListener("visibilitychange", lookIfSeen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", lookIfSeen);
    };
  }, [milliseconds, seen]);
}
