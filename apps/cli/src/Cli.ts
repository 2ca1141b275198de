import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"

import { Conclusion } from "./Conclusion.ts"
import type { Ending } from "./ExitCode.ts"
import { rehearsals, signIns } from "./Registry.ts"

/** Loads a command's module when it runs, so that `--help` does not wait for TLS, SQLite and mail libraries. */
const load = <Module, E, R>(
  module: () => Promise<Module>,
  handle: (module: Module) => Effect.Effect<Ending, E, R>
) =>
  Effect.gen(function* () {
    const ending = yield* handle(yield* Effect.promise(module))
    const { reach } = yield* Conclusion
    yield* reach(ending)
  })

const job = Flag.String("job").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription("The job file: which account to take mail from, which to bring it to")
)

const state = Flag.String("state").pipe(
  Flag.withMetavar("DIR"),
  Flag.withDescription("Where the ledger is kept, instead of $XDG_STATE_HOME/mailferry"),
  Flag.optional
)

const aside = Flag.String("plan").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription("A plan that `mailferry plan --out` wrote and a person reviewed"),
  Flag.optional
)

const switchedOn = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

const json = switchedOn("json", "Print one JSON object instead of text")

const plan = Command.make(
  "plan",
  {
    job,
    state,
    json,
    out: Flag.String("out").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("Also write the plan as a YAML file to review and edit"),
      Flag.optional
    )
  },
  (flags) =>
    load(
      () => import("./command/Plan.ts"),
      (module) => module.plan(flags)
    )
).pipe(
  Command.withDescription(
    "Show what a run would do: every mailbox, where it goes, and what cannot come along"
  ),
  Command.withExamples([
    { command: "mailferry plan --job job.yaml", description: "look before anything is written" },
    {
      command: "mailferry plan --job job.yaml --out plan.yaml",
      description: "write it down, edit it, run it"
    }
  ])
)

const pilot = Command.make("pilot", { job, state, json, plan: aside }, (flags) =>
  load(
    () => import("./command/Pilot.ts"),
    (module) => module.pilot(flags)
  )
).pipe(
  Command.withDescription("Carry a few messages over and prove each step of the way"),
  Command.withExamples([
    { command: "mailferry pilot --job job.yaml", description: "at most ten messages of one mailbox" }
  ])
)

const run = Command.make(
  "run",
  {
    job,
    state,
    json,
    plan: aside,
    noPilot: switchedOn("no-pilot", "Do not begin with the pilot"),
    retryQuarantined: switchedOn("retry-quarantined", "Try again what earlier runs set aside")
  },
  (flags) =>
    load(
      () => import("./command/Run.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Carry the mail over; run it again at any time, it does what is left and nothing twice"
  ),
  Command.withExamples([
    { command: "mailferry run --job job.yaml", description: "pilot first, then everything" },
    { command: "mailferry run --job job.yaml --plan plan.yaml", description: "as the reviewed plan says" },
    {
      command: "mailferry run --job job.yaml --retry-quarantined",
      description: "after mending what was set aside"
    }
  ])
)

const verify = Command.make(
  "verify",
  {
    job,
    state,
    json,
    plan: aside,
    full: switchedOn("full", "Read every message back instead of one in twenty"),
    allowForeign: switchedOn("allow-foreign", "Mail that somebody else put there is no fault")
  },
  (flags) =>
    load(
      () => import("./command/Verify.ts"),
      (module) => module.verify(flags)
    )
).pipe(
  Command.withDescription("Prove that everything arrived once and unchanged, or name what did not"),
  Command.withExamples([
    {
      command: "mailferry verify --job job.yaml",
      description: "list everything, read one message in twenty back"
    },
    { command: "mailferry verify --job job.yaml --full", description: "read every message back" }
  ])
)

const status = Command.make("status", { job, state, json }, (flags) =>
  load(
    () => import("./command/Status.ts"),
    (module) => module.status(flags)
  )
).pipe(
  Command.withDescription(
    "Show what has been done so far; also while a run is at work, and without the network"
  ),
  Command.withExamples([{ command: "mailferry status --job job.yaml" }])
)

const rehearse = Command.make(
  "rehearse",
  {
    to: Flag.Literals("to", rehearsals).pipe(
      Flag.withDescription("What kind of destination to rehearse with"),
      Flag.withDefault(rehearsals[0])
    ),
    serve: switchedOn("serve", "Only start the rehearsal servers, and say how to reach them"),
    json
  },
  (flags) =>
    load(
      () => import("./command/Rehearse.ts"),
      (module) => module.rehearse(flags)
    )
).pipe(
  Command.withDescription(
    "Do it all on a made-up mailbox in this process: no account, no network, nothing left behind"
  ),
  Command.withExamples([
    { command: "mailferry rehearse", description: "plan, pilot, run and verify, in some seconds" },
    { command: "mailferry rehearse --serve", description: "try the commands by hand on a sample mailbox" }
  ])
)

const schema = Command.make("schema", {}, () =>
  load(
    () => import("./command/Schema.ts"),
    (module) => module.schema
  )
).pipe(
  Command.withDescription("Print the JSON Schema of the job file, for editors"),
  Command.withExamples([{ command: "mailferry schema > job.schema.json" }])
)

const kind = Argument.Literals("kind", signIns).pipe(Argument.withDescription("What kind of account"))

/** Whose account is meant: `--user`, or a job file. */
const account = {
  kind,
  user: Flag.String("user").pipe(
    Flag.withMetavar("ADDRESS"),
    Flag.withDescription("Whose account"),
    Flag.optional
  ),
  credentials: Flag.String("credentials").pipe(
    Flag.withMetavar("PLACE"),
    Flag.withDescription(
      "Where the credentials are kept: keychain (as long as nothing is said) or file:PATH"
    ),
    Flag.optional
  ),
  job: Flag.String("job").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Take account and credentials from this job file instead"),
    Flag.optional
  )
}

const authLogin = Command.make(
  "login",
  {
    ...account,
    client: Flag.String("client").pipe(
      Flag.withMetavar("FILE|ID"),
      Flag.withDescription(
        "The application that you registered with the service, by its file or its id; needed the first time"
      ),
      Flag.optional
    ),
    tenant: Flag.String("tenant").pipe(
      Flag.withMetavar("NAME"),
      Flag.withDescription("The organisation's directory, at services that have many"),
      Flag.optional
    ),
    imap: switchedOn("with-imap", "Ask for the right to use IMAP, too"),
    device: switchedOn("device", "Show a code to type in anywhere, instead of a page that comes back here"),
    noBrowser: switchedOn("no-browser", "Open no browser here, only show the address")
  },
  (flags) =>
    load(
      () => import("./command/AuthLogin.ts"),
      (module) => module.authLogin(flags)
    )
).pipe(
  Command.withDescription("Sign in by the service's own web page, and keep what it gives"),
  Command.withExamples([
    {
      command: `mailferry auth login ${signIns[0]} --user you@example.com --client client_secret.json`,
      description: "opens the browser"
    },
    {
      command: `mailferry auth login ${signIns[0]} --job job.yaml --no-browser`,
      description: "over SSH: the address is pasted back"
    },
    {
      command: `mailferry auth login ${signIns[1]} --user you@example.com --client ID --device`,
      description: "over SSH: a code is typed in elsewhere"
    }
  ])
)

const authStatus = Command.make("status", { ...account, json }, (flags) =>
  load(
    () => import("./command/AuthStatus.ts"),
    (module) => module.authStatus(flags)
  )
).pipe(
  Command.withDescription(
    "Show where the credentials are, and try what a run needs: one small message is put there and taken away"
  ),
  Command.withExamples([{ command: `mailferry auth status ${signIns[0]} --job job.yaml` }])
)

const authLogout = Command.make("logout", account, (flags) =>
  load(
    () => import("./command/AuthLogout.ts"),
    (module) => module.authLogout(flags)
  )
).pipe(
  Command.withDescription("End the access at the service, and remove the credentials here"),
  Command.withExamples([{ command: `mailferry auth logout ${signIns[0]} --user you@example.com` }])
)

const authDelegation = Command.make(
  "delegation",
  {
    kind,
    key: Flag.String("key").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The key that is to act for the users")
    ),
    users: Flag.String("user").pipe(
      Flag.withMetavar("ADDRESS"),
      Flag.withDescription("A user to test it with; may be given again"),
      Flag.atLeast(1)
    ),
    job: account.job,
    json
  },
  (flags) =>
    load(
      () => import("./command/AuthDelegation.ts"),
      (module) => module.authDelegation(flags)
    )
).pipe(
  Command.withDescription(
    "For administrators: what to grant so that one key may bring mail to many users, and whether it is granted"
  ),
  Command.withExamples([
    {
      command: `mailferry auth delegation ${signIns[0]} --key key.json --user ann@example.com --user bob@example.com`
    }
  ])
)

const auth = Command.make("auth").pipe(
  Command.withDescription("Sign in to an account that takes no password, see what that is worth, sign out"),
  Command.withExamples([
    {
      command: `mailferry auth login ${signIns[0]} --user you@example.com --client client_secret.json`,
      description: "once"
    },
    { command: `mailferry auth status ${signIns[0]} --user you@example.com`, description: "does it work?" }
  ]),
  Command.withSubcommands([authLogin, authStatus, authLogout, authDelegation])
)

/** Read by Main before anything is parsed, since it also prints what parsing found; here for help and completions. */
const onScreen = {
  quiet: GlobalFlag.Setting("quiet")({
    flag: switchedOn("quiet", "Say nothing but results and warnings").pipe(Flag.withAlias("q"))
  }),
  noColor: GlobalFlag.Setting("no-color")({
    flag: switchedOn("no-color", "No colours; NO_COLOR does the same")
  }),
  debug: GlobalFlag.Setting("debug")({
    flag: switchedOn("debug", "After a failure of mailferry itself, say where in it")
  })
}

/** The command tree. Holds flag definitions and nothing that costs time to load. */
export const cli = Command.make("mailferry").pipe(
  Command.withDescription(
    "Moves a mailbox out of Proton, through Proton Mail Bridge, into Gmail, Microsoft 365, Outlook.com or any IMAP server: nothing lost, nothing doubled."
  ),
  Command.withExamples([
    { command: "mailferry rehearse", description: "see it work on a made-up mailbox" },
    { command: "mailferry plan --job job.yaml", description: "what would go where" },
    { command: "mailferry pilot --job job.yaml", description: "a few messages, with proof" },
    { command: "mailferry run --job job.yaml", description: "everything; stop and go on as you like" },
    { command: "mailferry verify --job job.yaml", description: "proof that it all arrived" }
  ]),
  Command.withSubcommands([plan, pilot, run, verify, status, auth, rehearse, schema]),
  Command.withGlobalFlags([onScreen.quiet, onScreen.noColor, onScreen.debug])
)
