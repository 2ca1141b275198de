import { createInterface } from "node:readline"

import { SignInTalk } from "@mailferry/core/SignIn.ts"
import { openBrowser } from "@mailferry/oauth/Browser.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

import { Screen } from "./view/Screen.ts"

/** Lines of standard input, until it ends or nobody listens any more. */
const typed = Stream.callback<string>((queue) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const lines = createInterface({ input: process.stdin })
      lines.on("line", (line) => Queue.offerUnsafe(queue, line))
      lines.on("close", () => Queue.endUnsafe(queue))
      return lines
    }),
    // Else an open terminal would keep the process alive.
    (lines) => Effect.sync(() => lines.close())
  )
)

/** The person at this terminal. What they must read goes to stderr, with --quiet too. */
export const layer = (options: { readonly browser: boolean }): Layer.Layer<SignInTalk, never, Screen> =>
  Layer.effect(
    SignInTalk,
    Effect.map(Screen, (screen) => ({
      tell: screen.warn,
      hide: (secret) => Effect.sync(() => screen.hide(Redacted.value(secret))),
      browse: (url) => Effect.sync(() => (options.browser ? openBrowser(url) : undefined)),
      lines: typed
    }))
  )
