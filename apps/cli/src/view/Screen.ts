import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

import { type Paint, paintFor } from "./Paint.ts"

/**
 * The two streams of the process. Data goes to stdout and everything else to stderr, so that a pipe gets what was
 * asked for and nothing more.
 */
export class Screen extends Context.Service<
  Screen,
  {
    /** Data, a line break added. Returns when the stream has taken it. */
    readonly print: (text: string) => Effect.Effect<void>
    /** What a person should know and --quiet leaves out. Appears above the live lines. */
    readonly tell: (text: string) => Effect.Effect<void>
    /** What a person must know. */
    readonly warn: (text: string) => Effect.Effect<void>
    /** Lines that stay at the bottom until others take their place. Does nothing unless `live`. */
    readonly show: (lines: ReadonlyArray<string>) => Effect.Effect<void>
    /** Whether stderr is a terminal on which lines can be drawn over. */
    readonly live: boolean
    readonly quiet: boolean
    readonly columns: () => number
    /** From now on this text is never written: a server may repeat a password in its answer. */
    readonly hide: (secret: string) => void
    /** For stdout. */
    readonly paint: Paint
    /** For stderr. */
    readonly paintAside: Paint
  }
>()("mailferry/Screen") {}

export interface ScreenOptions {
  readonly quiet: boolean
  readonly noColor: boolean
}

/** What is needed of a process stream. `isTTY` and `columns` are missing where it is no terminal. */
interface TextStream {
  readonly write: (text: string, done: () => void) => unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Streams {
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A secret shorter than this would be found by accident in everything that is written. */
const shortestHidden = 6

/** One write a frame between the marks of synchronized output, so that no terminal shows half of it. */
const synchronized = (text: string): string => `\u001B[?2026h${text}\u001B[?2026l`

export const make = (options: ScreenOptions, { environment, stderr, stdout }: Streams): Screen["Service"] => {
  let shown: ReadonlyArray<string> = []
  const hidden = new Set<string>()
  const write = (stream: TextStream, text: string): Effect.Effect<void> =>
    Effect.callback((resume) => {
      let safe = text
      for (const secret of hidden) safe = safe.replaceAll(secret, "[secret]")
      // A reader that has gone away (`| head`) is no failure of the work.
      stream.write(safe, () => resume(Effect.void))
    })
  const live =
    stderr.isTTY === true &&
    environment["TERM"] !== "dumb" &&
    environment["CI"] === undefined &&
    !options.quiet
  const erase = () => (shown.length === 0 ? "" : `\u001B[${shown.length}A\r\u001B[0J`)
  const frame = (text: string, lines: ReadonlyArray<string>) => {
    const drawn = `${erase()}${text}${lines.map((line) => `${line}\n`).join("")}`
    shown = lines
    return write(stderr, live ? synchronized(drawn) : drawn)
  }
  const warn = (text: string) => Effect.suspend(() => frame(`${text}\n`, shown))
  const show = (lines: ReadonlyArray<string>) =>
    Effect.suspend(() => (live && (lines.length > 0 || shown.length > 0) ? frame("", lines) : Effect.void))
  return {
    print: (text) => Effect.andThen(show([]), write(stdout, `${text}\n`)),
    tell: (text) => (options.quiet ? Effect.void : warn(text)),
    warn,
    show,
    live,
    quiet: options.quiet,
    // A pseudo-terminal that nobody has sized says 0.
    columns: () => stderr.columns || 80,
    hide: (secret) => {
      if (secret.length < shortestHidden) return
      hidden.add(secret)
      hidden.add(JSON.stringify(secret).slice(1, -1))
    },
    paint: paintFor({ terminal: stdout.isTTY === true, noColor: options.noColor, environment }),
    paintAside: paintFor({ terminal: stderr.isTTY === true, noColor: options.noColor, environment })
  }
}
