import type { GraphWorld } from "../GraphWorld.ts"
import type { Person } from "../Person.ts"
import type { AppCertificate } from "./AppCertificate.ts"
import { EntraError } from "./EntraError.ts"

/** All personal accounts are of this one (learn.microsoft.com/entra/identity-platform/access-tokens). */
export const personalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

export const workTenant = "5b2c6f4e-3f0d-4b59-9c1e-7d3a8e6f1a20"

/** What Microsoft knows of the accounts, the applications and what administrators decided. */
export class Directory {
  /** The application people sign in with: public, for loopback and device codes. */
  readonly clientId = "2f0e7a1c-5f5b-4a57-8d6e-0b6a4e1c9d33"
  /** The application that acts by itself, with a certificate. */
  readonly daemonId = "7c9d2b8e-1a44-4f0b-b0f4-9f6de2a5c711"
  certificate: AppCertificate | undefined
  /** Only administrators may consent. */
  adminConsentNeeded = false
  /** An administrator did. */
  adminConsented = false
  /** Conditional access forbids the device code flow. */
  deviceCodeBlocked = false
  private readonly world: GraphWorld

  constructor(world: GraphWorld) {
    this.world = world
  }

  get personal(): boolean {
    return this.world.rules.personal
  }

  get tenantId(): string {
    return this.personal ? personalTenant : workTenant
  }

  get issuer(): string {
    return `https://login.microsoftonline.com/${this.tenantId}/v2.0`
  }

  /** Addresses in lower case. */
  get users(): ReadonlyArray<string> {
    return [...this.world.people.keys()]
  }

  get url(): string {
    return this.world.url
  }

  person(user: string): Person {
    const person = this.world.people.get(user)
    if (person === undefined) throw new EntraError(50034)
    return person
  }

  /** Fails where the accounts here may not sign in at such an authority: `organizations`, `consumers`, a tenant's id. */
  checkTenant(tenant: string): void {
    const name = tenant.toLowerCase()
    const domains = this.users.map((user) => user.split("@")[1])
    const own = name === this.tenantId || (!this.personal && domains.includes(name))
    if (name === "common" || own || name === (this.personal ? "consumers" : "organizations")) return
    throw new EntraError(50020)
  }
}
