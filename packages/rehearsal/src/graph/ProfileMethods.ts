import type { GraphMethod } from "./GraphMethod.ts"

/** Who it is. Needs no mailbox. */
export const profileMethods: ReadonlyArray<GraphMethod> = [
  {
    id: "user.get",
    verb: "GET",
    path: "",
    permissions: ["User.Read", "User.ReadBasic.All", "User.Read.All"],
    handle: ({ person: { id, address, displayName, hasMailbox } }) => ({
      status: 200,
      body: {
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
