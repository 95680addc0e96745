import type { EngineChoice } from "../arguments.ts";
import type { Deployment } from "../stack/wanted.ts";
import type { Engine } from "./engine.ts";
import { renderEngine } from "./render.ts";

export async function chooseEngine(
  choice: EngineChoice,
  stack: string,
  deployment: Deployment,
): Promise<Engine> {
  void choice;
  void stack;
  void deployment;
  return renderEngine;
}
