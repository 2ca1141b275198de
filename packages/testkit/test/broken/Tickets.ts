import { Effect, Option } from "effect"

import type { BrokenDestination } from "./Broken.ts"

export const brokenTickets: ReadonlyArray<BrokenDestination> = [
  {
    law: "a ticket tells what became of its append, as often as it is asked",
    name: "forgets its tickets",
    tickets: true,
    service: (good) => ({ ...good, recall: () => Effect.succeed(Option.none()) })
  },
  {
    law: "nothing is stored when its ticket cannot be written down",
    name: "goes on without its ticket",
    tickets: true,
    service: (good) => ({
      ...good,
      append: (request) => good.append({ ...request, note: (ticket) => Effect.ignore(request.note(ticket)) })
    })
  }
]
