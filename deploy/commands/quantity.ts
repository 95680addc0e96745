import { parseQuantity } from "../../components/quantity.ts";
import type { Json } from "../program/registration.ts";

/** A quantity of a live object in base units (CPUs or bytes); 0 where there is none. */
export const quantity = (value: Json | undefined): number =>
  typeof value === "number" ? value : typeof value === "string" ? (parseQuantity(value) ?? 0) : 0;

/** CPUs as thousandths: `250m`. */
export const formatCpu = (cpus: number): string => `${Math.round(cpus * 1000)}m`;

/** Bytes as mebibytes: `128Mi`. */
export const formatMemory = (bytes: number): string => `${Math.round(bytes / 2 ** 20)}Mi`;
