import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { assert } from "vitest"

import { everyText } from "./internal/everyText.ts"
import { errorOf, given, type Law } from "./Law.ts"
import { settled } from "./Settled.ts"

/** What the laws about connections need besides the contract. */
export interface ConnectionProbes<Service> {
  /** The same account with a secret the service refuses. */
  readonly wrongSecret?: Layer.Layer<Service, MailError>
  /** Connections open to the service now, however counted: only the difference matters. */
  readonly openSockets?: Effect.Effect<number>
  /** Strings that may stand in no error, no log line and no account name. */
  readonly secrets?: ReadonlyArray<string>
  /** Milliseconds in which a server at rest has done all it was told; 100 unless said, 0 in memory. */
  readonly rest?: number
}

export interface ConnectionSubject<Service> extends ConnectionProbes<Service> {
  /** Each build is a new connection to the same account. */
  readonly layer: Layer.Layer<Service, MailError>
}

interface Provoked {
  readonly errors: ReadonlyArray<MailError>
  /** Texts of message bodies that were at hand when they came about. */
  readonly bodies: ReadonlyArray<string>
}

/** The errors among the outcomes of these effects. */
export const errorsOf = (
  effects: ReadonlyArray<Effect.Effect<unknown, MailError>>
): Effect.Effect<ReadonlyArray<MailError>> =>
  Effect.map(
    Effect.forEach(effects, (effect) =>
      Effect.match(effect, { onFailure: (error) => [error], onSuccess: () => [] })
    ),
    (errors) => errors.flat()
  )

const connecting = <Service>(layer: Layer.Layer<Service, MailError>) =>
  Effect.scoped(Layer.build(Layer.fresh(layer)))

/**
 * The laws that are about the layer rather than the service, the same for both ends.
 * `provoke` makes as many kinds of errors as the contract allows.
 */
export const connectionLaws = <
  Service,
  Shape extends MailboxReader,
  Subject extends ConnectionSubject<Service>
>(
  tag: Context.Key<Service, Shape>,
  provoke: (service: Shape, subject: Subject) => Effect.Effect<Provoked, MailError>
): ReadonlyArray<Law<Service, Subject>> => [
  {
    name: "a wrong secret is AuthFailed at connect",
    needs: ["wrongSecret"],
    check: (subject) =>
      Effect.map(errorOf(connecting(given(subject, "wrongSecret"))), ({ operation, reason }) => {
        assert.strictEqual(reason._tag, "AuthFailed")
        assert.strictEqual(operation, "connect")
      })
  },
  {
    name: "closing the layer closes every socket",
    needs: ["openSockets"],
    check: Effect.fnUntraced(function* (subject) {
      const openSockets = given(subject, "openSockets")
      const before = yield* settled(openSockets, subject.rest)
      const used = Effect.gen(function* () {
        const service = yield* tag
        const calls = Array.from({ length: 4 }, () => service.listMailboxes)
        yield* Effect.all(calls, { concurrency: "unbounded", discard: true })
        return yield* openSockets
      })
      const during = yield* Effect.scoped(
        Effect.flatMap(Layer.build(Layer.fresh(subject.layer)), (context) =>
          Effect.provideContext(used, context)
        )
      )
      assert.isAbove(during, before, "the probe sees the connection")
      assert.isAtMost(yield* settled(openSockets, subject.rest), before)
    })
  },
  {
    name: "no error, log line or account name contains a secret or body text",
    needs: ["secrets"],
    check: Effect.fnUntraced(function* (subject) {
      const logged: Array<string> = []
      const logger = Logger.make((entry) => {
        logged.push(Logger.formatLogFmt.log(entry))
      })
      const service = yield* tag
      const { errors, bodies } = yield* provoke(service, subject).pipe(
        Effect.provide(Logger.layer([logger])),
        Effect.provideService(References.MinimumLogLevel, "All")
      )
      assert.isNotEmpty(errors)
      const refused = yield* errorsOf(
        subject.wrongSecret === undefined ? [] : [connecting(subject.wrongSecret)]
      )
      const texts = [...everyText([...errors, ...refused]), ...logged, service.account]
      for (const hidden of [...given(subject, "secrets"), ...bodies]) {
        const shown = texts.find((text) => text.includes(hidden))
        assert.isUndefined(shown, "a secret or body text is shown")
      }
    })
  }
]
