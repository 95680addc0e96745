import { Type } from "typebox";
import { ProblemDetails } from "../../chassis/index.ts";

/** What any route may answer when it does not do what was asked. */
export const PROBLEMS = { "4xx": ProblemDetails, "5xx": ProblemDetails };

/** The answer of a route that has nothing to tell. */
export const NO_CONTENT = { 204: Type.Null({ description: "Done" }) };
