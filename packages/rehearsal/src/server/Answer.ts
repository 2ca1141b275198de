import type { ServerProfile } from "./ServerProfile.ts"

/** The tagged response to a command (RFC 3501, section 7.1). */
export interface Answer {
  readonly status: "OK" | "NO" | "BAD"
  /** Without brackets: `TRYCREATE`, `APPENDUID 1700000001 7`. */
  readonly code?: string
  readonly text: string
}

/** What a command ends in: an answer, none because it has been given, or a connection closed without one. */
export type Outcome = Answer | "answered" | "cut"

export const ok = (text: string, code?: string): Answer => answer("OK", text, code)
export const no = (text: string, code?: string): Answer => answer("NO", text, code)
export const bad = (text: string): Answer => answer("BAD", text)

const answer = (status: Answer["status"], text: string, code?: string): Answer =>
  code === undefined ? { status, text } : { status, code, text }

/** `NO [CODE] text` as a test writes it. Whatever is no status is a NO. */
export const readAnswer = (response: string): Answer => {
  const found = /^(?:(OK|NO|BAD) )?(?:\[([^\]]*)\] ?)?(.*)$/su.exec(response)
  const status = found?.[1]
  return answer(status === "OK" || status === "BAD" ? status : "NO", found?.[3] ?? "", found?.[2])
}

/** The response line after the tag. A server of few codes leaves out what RFC 3501 does not ask of it. */
export const answerLine = (
  { status, code, text }: Answer,
  { answers, codes }: Pick<ServerProfile, "answers" | "codes">
): string => {
  const own = code === undefined || status === "OK" ? undefined : answers?.[code]
  if (own !== undefined) return own
  const shown = code !== undefined && (codes === "all" || (status === "NO" && code === "TRYCREATE"))
  return `${status} ${shown ? `[${code}] ` : ""}${text}`
}
