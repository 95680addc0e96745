import { useCallback, useEffect, useState } from "preact/hooks";
import type { Listed, ShownDashboard } from "../../answers.ts";
import type { Place } from "./place.ts";

/** How often what is looked at is asked for again, in milliseconds. */
const EVERY = 15_000;

async function load<T>(path: string): Promise<T> {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  if (answer.status === 404) throw new Error("There is no such dashboard.");
  if (!answer.ok) throw new Error(`The viewer answers with status ${answer.status}.`);
  return answer.json();
}

/** What can be looked at; undefined until that is known. */
export function useList(): readonly Listed[] | undefined {
  const [list, set] = useState<readonly Listed[]>();
  useEffect(() => {
    load<Listed[]>("/api/dashboards").then(set, () => set([]));
  }, []);
  return list;
}

/** What is seen: the last answer stays while there is no newer one. */
export interface Seen {
  readonly dashboard?: ShownDashboard;
  readonly failure?: string;
  readonly at?: Date;
}

/** A dashboard's data, asked for again and again while somebody looks. */
export function useDashboard({ dashboard, range }: Place): [Seen, () => void] {
  const [seen, set] = useState<Seen>({});
  const refresh = useCallback(
    () =>
      load<ShownDashboard>(`/api/dashboards/${dashboard}?range=${range}`).then(
        (answer) => set({ dashboard: answer, at: new Date() }),
        (error: Error) =>
          set((before) => ({
            ...before,
            failure: error instanceof TypeError ? "The viewer does not answer." : error.message,
          })),
      ),
    [dashboard, range],
  );
  useEffect(() => {
    void refresh();
    const timer = setInterval(() => document.hidden || refresh(), EVERY);
    return () => clearInterval(timer);
  }, [refresh]);
  return [seen, refresh];
}
