import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { MailboxPath } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import type { Glimpse, MessageLocator, MessageSummary } from "./Message.ts"

/** A message whose header the service cannot read, with all that can be said of it. */
export interface Unreadable {
  readonly locator: MessageLocator
  readonly glimpse: Glimpse
  /** The server's words. */
  readonly serverText: string
}

export interface Described {
  readonly summaries: ReadonlyArray<MessageSummary>
  readonly unreadable: ReadonlyArray<Unreadable>
}

/** Messages asked for at once where nothing else is said: about 500, as bridge.md section 10 point 12 advises. */
const usualWindow = 500

/** Waits between the tries of a single unreadable message, bridge.md section 10 point 17. */
const waits = [Duration.millis(500), Duration.seconds(1), Duration.seconds(2)]

const isUnreadable = ({ reason }: MailError) =>
  reason._tag === "MessageRejected" && reason.why === "unreadable"

/**
 * Describes messages though some cannot be read: a refused window is halved until the one bad message stands alone,
 * is tried thrice more, and is then told apart from the rest instead of stopping them. A window on which the
 * connection keeps dying is halved as well, provided the service still answers a cheap question: Bridge is known to
 * die on the same message again and again (proton-bridge issue 206).
 */
export const describeAll = (
  reader: MailboxReader,
  mailbox: MailboxPath,
  locators: ReadonlyArray<MessageLocator>,
  windowSize: number = usualWindow
): Effect.Effect<Described, MailError> => {
  /** What can be seen of it; none when it is gone meanwhile. A message that kills even this call is deadly, not lost. */
  const glimpse = (locator: MessageLocator) =>
    reader.glimpse(mailbox, locator).pipe(
      Effect.map(Option.some),
      Effect.catchIf(
        ({ reason }) => reason._tag === "MessageRejected" && reason.why === "gone",
        () => Effect.succeed(Option.none<Glimpse>())
      ),
      Effect.catchIf(isDeadly, () => Effect.as(reader.end(mailbox), Option.some(nothingSeen)))
    )

  const alone = (locator: MessageLocator) => {
    const described = reader.describe(mailbox, [locator])
    // A message that only had bad luck must not pass for a deadly one: at a destination it would be stored again.
    const once = described.pipe(
      Effect.catchIf(isDeadly, () => Effect.andThen(reader.end(mailbox), described)),
      Effect.catchIf(isDeadly, () => Effect.andThen(reader.end(mailbox), described))
    )
    return waits
      .reduce(
        (tries, wait) =>
          tries.pipe(Effect.catchIf(isUnreadable, () => Effect.andThen(Effect.sleep(wait), once))),
        once
      )
      .pipe(
        Effect.map((summaries): Described => ({ summaries, unreadable: [] })),
        Effect.catchIf(isUnreadableOrDeadly, ({ reason }) =>
          Effect.map(glimpse(locator), (seen): Described => ({
            summaries: [],
            unreadable: Option.toArray(seen).map((glimpse) => ({
              locator,
              glimpse,
              serverText: reason.detail
            }))
          }))
        )
      )
  }

  const window = (part: ReadonlyArray<MessageLocator>): Effect.Effect<Described, MailError> => {
    const [only] = part
    if (only === undefined) return Effect.succeed({ summaries: [], unreadable: [] })
    if (part.length === 1) return alone(only)
    return reader.describe(mailbox, part).pipe(
      Effect.map((summaries): Described => ({ summaries, unreadable: [] })),
      Effect.catchIf(isUnreadableOrDeadly, (error) =>
        isUnreadable(error) ? halves(part) : Effect.andThen(reader.end(mailbox), halves(part))
      )
    )
  }

  const halves = (part: ReadonlyArray<MessageLocator>) => {
    const middle = Math.ceil(part.length / 2)
    return Effect.map(
      Effect.forEach([part.slice(0, middle), part.slice(middle)], window),
      (both): Described => join(both)
    )
  }

  const windows = Array.from({ length: Math.ceil(locators.length / windowSize) }, (_, i) =>
    locators.slice(i * windowSize, (i + 1) * windowSize)
  )
  return Effect.map(Effect.forEach(windows, window), join)
}

const isDeadly = ({ reason }: MailError) => reason._tag === "Transient"

const isUnreadableOrDeadly = (error: MailError) => isUnreadable(error) || isDeadly(error)

const nothingSeen: Glimpse = {
  subject: Option.none(),
  internalDate: Option.none(),
  size: Option.none(),
  flags: Option.none(),
  bytes: Option.none()
}

const join = (parts: ReadonlyArray<Described>): Described => ({
  summaries: parts.flatMap(({ summaries }) => summaries),
  unreadable: parts.flatMap(({ unreadable }) => unreadable)
})
