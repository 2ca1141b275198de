const nodes = 20_000

/**
 * Every text reachable from a value: own properties shown or hidden, causes, Map and Set entries, octets read
 * as Latin-1. What a logger that walks an error could print.
 */
export const everyText = (root: unknown): ReadonlyArray<string> => {
  const texts: Array<string> = []
  const seen = new Set<unknown>()
  const queue: Array<unknown> = [root]
  for (let value = queue.shift(); seen.size < nodes; value = queue.shift()) {
    if (typeof value === "string") texts.push(value)
    if (ArrayBuffer.isView(value)) {
      texts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1"))
    } else if (typeof value === "object" && value !== null && !seen.has(value)) {
      seen.add(value)
      if (value instanceof Error) texts.push(String(value), value.stack ?? "")
      if (value instanceof Map || value instanceof Set) queue.push(...[...value].flat())
      for (const key of Reflect.ownKeys(value)) {
        texts.push(String(key))
        const property = Object.getOwnPropertyDescriptor(value, key)
        if (property !== undefined && "value" in property) queue.push(property.value)
      }
    }
    if (queue.length === 0) break
  }
  return texts
}
