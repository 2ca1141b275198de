import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"

import { Conclusion } from "./Conclusion.ts"
import type { Ending } from "./ExitCode.ts"
import { rehearsals } from "./Registry.ts"

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
    "Moves a mailbox out of Proton, through Proton Mail Bridge, into any IMAP server: nothing lost, nothing doubled."
  ),
  Command.withExamples([
    { command: "mailferry rehearse", description: "see it work on a made-up mailbox" },
    { command: "mailferry plan --job job.yaml", description: "what would go where" },
    { command: "mailferry pilot --job job.yaml", description: "a few messages, with proof" },
    { command: "mailferry run --job job.yaml", description: "everything; stop and go on as you like" },
    { command: "mailferry verify --job job.yaml", description: "proof that it all arrived" }
  ]),
  Command.withSubcommands([plan, pilot, run, verify, status, rehearse, schema]),
  Command.withGlobalFlags([onScreen.quiet, onScreen.noColor, onScreen.debug])
)
