import type { LabelRefused } from "./LabelPort.ts"

interface Answer {
  readonly status: number
  /** `error.message` of Google's answer. */
  readonly message: string
}

interface Rule {
  readonly why: LabelRefused["why"]
  readonly is: (answer: Answer) => boolean
}

/** Specific before general: `Invalid label color` has the words of a refused name, too. */
const rules: ReadonlyArray<Rule> = [
  {
    why: "full",
    is: ({ message }) =>
      /(max|maximum|too many|limit).*labels|labels.*(limit|maximum|exceeded)/iu.test(message)
  },
  {
    why: "exists",
    is: ({ message, status }) => status === 409 || /name exists or conflicts/iu.test(message)
  },
  // "not on the allowed color palette" [U: exact words].
  { why: "colour", is: ({ message }) => /colou?r|palette/iu.test(message) },
  { why: "name", is: ({ message }) => /invalid label name|label name/iu.test(message) }
]

/** What Google's answer to `labels.create` says of the label; none when it is about something else: quota, sign-in, a hiccup. */
export const labelRefusal = (answer: Answer): LabelRefused | undefined => {
  if (answer.status !== 400 && answer.status !== 409) return undefined
  const why = rules.find(({ is }) => is(answer))?.why
  return why === undefined ? undefined : { _tag: "LabelRefused", why, detail: answer.message }
}

/** The label that Gmail says it does not have, by its id: a person deleted it meanwhile. */
export const missingLabelId = (message: string): string | undefined =>
  /invalid label:\s*(Label_[^\s"']+)/iu.exec(message)?.[1]
