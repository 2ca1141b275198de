/** What JSON of an unknown service may be. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** A text that is there and not empty. */
export const textOf = (value: unknown, key: string): string | undefined => {
  const found = isObject(value) ? value[key] : undefined
  return typeof found === "string" && found !== "" ? found : undefined
}
