import type { GraphMethod } from "./GraphMethod.ts"

/** Who it is. Needs no mailbox. */
export const profileMethods: ReadonlyArray<GraphMethod> = [
  {
    id: "user.get",
    verb: "GET",
    path: "",
    permissions: ["User.Read", "User.ReadBasic.All", "User.Read.All"],
    handle: ({ person: { address, aliases, displayName, hasMailbox, id }, query, world: { rules } }) => ({
      status: 200,
      body: {
        // Given to who asks for them by name, and by an organisation's directory alone.
        ...(query.get("$select")?.includes("proxyAddresses") === true && !rules.personal
          ? { proxyAddresses: [`SMTP:${address}`, ...aliases.map((alias) => `smtp:${alias}`)] }
          : {}),
        businessPhones: [],
        displayName,
        givenName: null,
        id,
        jobTitle: null,
        mail: hasMailbox ? address : null,
        mobilePhone: null,
        officeLocation: null,
        preferredLanguage: null,
        surname: null,
        userPrincipalName: address
      }
    })
  }
]
