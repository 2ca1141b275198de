import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { MailError } from "@mailferry/core/MailError.ts"
import type { LoginOptions, SignedIn, SignInMisuse } from "@mailferry/core/SignIn.ts"
import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { Effect, Fiber, Option } from "effect"

import { microsoftSignIn } from "../../../src/auth/MicrosoftSignIn.ts"
import type { MicrosoftAccount } from "../../../src/auth/MicrosoftTokens.ts"
import { makePerson } from "./Person.ts"

type Person = Effect.Success<typeof makePerson>

export interface Stage {
  readonly server: RehearsalGraph
  /** Empty at the start. */
  readonly directory: string
  /** Where credentials are kept. */
  readonly file: string
  readonly account: (more?: Partial<MicrosoftAccount>) => MicrosoftAccount
  /** The JSON that is kept. */
  readonly kept: () => Readonly<Record<string, string>>
  /** Writes an application's file and its certificate; the path of the file. */
  readonly application: (more?: Readonly<Record<string, unknown>>) => Promise<string>
  readonly end: () => Promise<void>
}

const imapOf = ({ imap: { host, port } }: RehearsalGraph) => ({ host, port })

export const openStage = async (options: RehearsalGraphOptions = {}): Promise<Stage> => {
  const directory = mkdtempSync(join(tmpdir(), "mailferry-o365-"))
  const server = await RehearsalGraph.start(options)
  const pem = join(directory, "imap.pem")
  const imap = options.imap === undefined ? {} : { imap: { ...imapOf(server), certificate: pem } }
  if (options.imap !== undefined) writeFileSync(pem, server.imap.certificate)
  const file = join(directory, "kept.json")
  return {
    server,
    directory,
    file,
    account: (more = {}) => ({
      user: server.user,
      credentials: `file:${file}`,
      endpoint: { graph: server.url, authority: server.url, ...imap },
      ...more
    }),
    kept: () => JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>,
    application: async (more = {}) => {
      const { certificate, clientId, privateKey, tenantId } = await server.application()
      writeFileSync(join(directory, "app.pem"), `${privateKey}\n${certificate}`, { mode: 0o600 })
      const path = join(directory, "app.json")
      writeFileSync(
        path,
        JSON.stringify({ tenant: tenantId, client: clientId, certificate: "app.pem", ...more }),
        { mode: 0o600 }
      )
      return path
    },
    end: async () => {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

/** Signs in with this person at the terminal; `act` is what they do. */
export const signIn = <A>(
  stage: Stage,
  act: (person: Person) => Effect.Effect<A>,
  options: Partial<Omit<LoginOptions, "client">> & { readonly client?: string | undefined } = {},
  account: Partial<MicrosoftAccount> = {}
): Effect.Effect<{
  readonly ended: SignedIn | MailError | SignInMisuse
  readonly acted: A
  readonly person: Person
}> =>
  Effect.gen(function* () {
    const person = yield* makePerson
    const client = "client" in options ? options.client : stage.server.clientId
    const fiber = yield* microsoftSignIn(stage.account(account))
      .login({ ...options, client: Option.fromUndefinedOr(client) })
      .pipe(
        Effect.catch((error) => Effect.succeed(error)),
        Effect.provide(person.layer),
        Effect.forkChild({ startImmediately: true })
      )
    const acted = yield* act(person)
    return { ended: yield* Fiber.join(fiber), acted, person }
  })

/** The reason of a sign-in that failed. */
export const reasonOf = (ended: SignedIn | MailError | SignInMisuse) => {
  if (!("_tag" in ended)) throw new Error("the sign-in was not refused")
  return ended._tag === "MailError" ? ended.reason : ended
}
