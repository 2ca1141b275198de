/** Somebody, or some machine, who writes to the sample account. */
export interface Correspondent {
  readonly name: string
  readonly address: string
}

type Several<A> = readonly [A, A, A, ...ReadonlyArray<A>]

/** Whose mailbox the sample is. Both addresses are enabled; the second has mail of its own. */
export const owner: Correspondent = { name: "Mira Holt", address: "mira.holt@proton.example" }
export const ownerAtHome: Correspondent = { name: "Mira Holt", address: "mira@holt.example" }

const person = (name: string, address: string): Correspondent => ({ name, address })

/** Names of many scripts, since each meets the header encodings in its own way. */
export const friends: Several<Correspondent> = [
  person("Tomás Ferreira", "tomas@ferreira.example"),
  person("Ines Ferreira", "ines@ferreira.example"),
  person("Jörg Weißmüller", "joerg.weissmueller@post.example"),
  person("Zofia Łukasiewicz", "zofia.l@poczta.example"),
  person("נועה ברק", "noa.barak@mail.example"),
  person("ليلى حداد", "layla.haddad@barid.example"),
  person("山田 花子", "hanako@yamada.example"),
  person("O'Brien, Sean", "sean.obrien@mail.example"),
  person('Dad "the Captain" Holt', "captain@holt.example"),
  person("Priya Raman", "priya.raman@mail.example")
]

export const colleagues: Several<Correspondent> = [
  person("Anders Nyström", "anders.nystrom@nordwind.example"),
  person("Chloé Marchand", "chloe.marchand@nordwind.example"),
  person("Daniel Okafor", "d.okafor@okafor-partners.example"),
  person("Grace Liu", "grace.liu@harbourlight.example"),
  person("Hendrik van der Berg", "hendrik@vdberg.example"),
  person("Marta Kovács", "marta.kovacs@harbourlight.example"),
  person("Виктор Соколов", "v.sokolov@sever.example"),
  person("Yusuf Demir", "yusuf@demir-yapi.example")
]

/** Senders nobody answers. */
export const machines: Several<Correspondent> = [
  person("Harbour Bank", "no-reply@harbourbank.example"),
  person("Trainline Europe", "tickets@trains.example"),
  person("Kettle & Leaf", "orders@kettleandleaf.example"),
  person("City Library", "loans@library.example"),
  person("Parcel Point", "tracking@parcelpoint.example"),
  person("The Long Read", "weekly@longread.example"),
  person("Mountain Hut Booking 🏔️", "huts@alpine.example"),
  person("GridPower", "billing@gridpower.example")
]

export const strangers: Several<Correspondent> = [
  person("Prize Department", "claims@winners.example"),
  person("Dr. Emmanuel", "dr.emmanuel@transfer.example"),
  person("Cheap Pills ✨", "deals@pharma.example")
]

/** A mailing list that copies to its author too. */
export const hutList = {
  name: "hut-keepers",
  address: "hut-keepers@lists.alpine.example",
  id: "<hut-keepers.lists.alpine.example>"
} as const
