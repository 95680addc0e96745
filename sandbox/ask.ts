import { createInterface } from "node:readline/promises";

/** Asks at a terminal. Just Enter, and the lack of a terminal, stand for the usual answer. */
export async function ask(question: string, usual: boolean): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return usual;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await prompt.question(`${question} `)).trim();
    return answer === "" ? usual : /^y(es)?$/i.test(answer);
  } finally {
    prompt.close();
  }
}
