/** Whether there is time for all of a bench, or for a look at it. */
export type BenchSize = "usual" | "quick"
