import * as Option from "effect/Option"

interface Given {
  readonly job: string
  readonly state: Option.Option<string>
  readonly plan?: Option.Option<string>
}

/** POSIX shells take everything between single quotes as it is. */
const quoted = (word: string): string =>
  /^[A-Za-z0-9_./~@%+=:,-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/**
 * The flags a next command needs to be about the same thing: without `--state` it would begin a new ledger, without
 * `--plan` it would put mail elsewhere.
 */
export const flagsAgain = ({ job, plan = Option.none(), state }: Given): string =>
  [
    `--job ${quoted(job)}`,
    ...Option.match(state, { onNone: () => [], onSome: (directory) => [`--state ${quoted(directory)}`] }),
    ...Option.match(plan, { onNone: () => [], onSome: (file) => [`--plan ${quoted(file)}`] })
  ].join(" ")
