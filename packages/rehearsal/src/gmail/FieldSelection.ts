import { ApiError } from "./ApiError.ts"

interface Selection {
  readonly [field: string]: Selection | true
}

const refusal = (text: string): ApiError =>
  new ApiError({
    code: 400,
    message: `Invalid field selection ${text}`,
    reason: "invalidParameter",
    entry: { location: "fields", locationType: "parameter" }
  })

const parse = (text: string): Selection => {
  let at = 0
  const list = (): Selection => {
    const selection: Record<string, Selection | true> = {}
    do {
      const name = /^[\w*]+/u.exec(text.slice(at))?.[0]
      if (name === undefined) throw refusal(text)
      at += name.length
      selection[name] = below()
    } while (text[at] === "," && ++at > 0)
    return selection
  }
  const below = (): Selection | true => {
    if (text[at] === "/") {
      at += 1
      const name = /^[\w*]+/u.exec(text.slice(at))?.[0]
      if (name === undefined) throw refusal(text)
      at += name.length
      return { [name]: below() }
    }
    if (text[at] !== "(") return true
    at += 1
    const inner = list()
    if (text[at] !== ")") throw refusal(text)
    at += 1
    return inner
  }
  const selection = list()
  if (at !== text.length) throw refusal(text)
  return selection
}

const pick = (value: unknown, selection: Selection | true): unknown => {
  if (selection === true || selection["*"] === true) return value
  if (Array.isArray(value)) return value.map((each) => pick(each, selection))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const wanted = selection[name] ?? selection["*"]
      return wanted === undefined ? [] : [[name, pick(inner, wanted)]]
    })
  )
}

/** The `fields` parameter of every Google API: `id,labels(id,name),payload/headers`. Fails on one that cannot be read. */
export const fieldSelection = (text: string | undefined): ((answer: unknown) => unknown) => {
  if (text === undefined || text === "") return (answer) => answer
  const selection = parse(text)
  return (answer) => pick(answer, selection)
}
