import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** Something that is asked for: what is known of it, why the last question failed, and whether one is under way. */
export interface Resource<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Asks again. What is known stays until the new answer is there. */
  reload(): void;
  /** Takes what is known from elsewhere. */
  set(data: T): void;
}

interface Known<T> {
  readonly key: string;
  readonly round: number;
  readonly data: T | undefined;
  readonly error?: unknown;
}

/**
 * Asks for something each time that `key` changes. What came for one key is never shown for another, except where
 * `keep` says that it shall stay until the new answer is there.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  { keep = false }: { readonly keep?: boolean } = {},
): Resource<T> {
  const [known, setKnown] = useState<Known<T>>({ key, round: -1, data: undefined });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  useEffect(() => {
    const controller = new AbortController();
    loader.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setKnown({ key, round, data });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        setKnown((before) => ({ key, round, data: before.key === key ? before.data : undefined, error }));
      },
    );
    return () => controller.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const set = useCallback((data: T) => setKnown({ key, round, data }), [key, round]);
  const isCurrent = known.key === key;
  const isLoading = !isCurrent || known.round !== round;
  return {
    data: isCurrent || keep ? known.data : undefined,
    error: isLoading ? undefined : known.error,
    isLoading,
    reload,
    set,
  };
}
