import type { GraphWorld } from "../../graph/GraphWorld.ts"
import type { Person } from "../../graph/Person.ts"
import { type GraphToken, outlookAudience } from "../../graph/signin/GraphTokens.ts"
import type { ServerProfile } from "../ServerProfile.ts"
import type { SignedIn } from "../ServerState.ts"
import { ExchangeStore } from "./ExchangeStore.ts"

/** Whether a person, or an application by itself, may look into a mailbox. */
const mayOpen = (
  { rules }: GraphWorld,
  { user }: GraphToken,
  { address, hasMailbox, sharedWith }: Person
) => {
  if (!hasMailbox) return false
  const owner = address.toLowerCase()
  if (user === undefined) return rules.appOnlyMailboxes?.has(owner) ?? true
  return user === owner || sharedWith.has(user)
}

/** The mailboxes of a tenant behind one IMAP server. */
export class ExchangeAccounts {
  private readonly world: GraphWorld
  private readonly profile: ServerProfile
  private readonly stores = new Map<Person, ExchangeStore>()

  constructor(world: GraphWorld, profile: ServerProfile) {
    this.world = world
    this.profile = profile
  }

  storeOf(person: Person): ExchangeStore {
    const { faults, rules } = this.world
    const store =
      this.stores.get(person) ??
      new ExchangeStore(this.profile, person.mailbox, {
        inbox: rules.personal ? "Inbox" : "INBOX",
        isFull: (octets) => {
          const { quota, used } = person.mailbox
          return faults.is("mailboxFull") || (quota !== Infinity && used + octets > quota)
        }
      })
    this.stores.set(person, store)
    return store
  }

  /** None where the token is not good for IMAP; not connected where it is, and for another mailbox. */
  readonly bearer = (user: string, value: string): SignedIn | undefined => {
    const { people, tokens } = this.world
    const token = tokens.find(value, outlookAudience)
    const right = token?.user === undefined ? "IMAP.AccessAsApp" : "IMAP.AccessAsUser.All"
    const person = people.get(user.toLowerCase())
    if (token === undefined || person === undefined || !token.scopes.has(right)) return undefined
    return { store: this.storeOf(person), connected: mayOpen(this.world, token, person) }
  }
}
