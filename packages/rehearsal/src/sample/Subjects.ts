import type { SeededRandom } from "./SeededRandom.ts"

type Several<A> = readonly [A, ...ReadonlyArray<A>]

/** What a conversation is about: its subject lines and the sentences its mails are made of. */
export interface Theme {
  readonly subjects: Several<string>
  readonly sentences: Several<string>
}

export const work: Theme = {
  subjects: [
    "Nordwind: revised offer",
    "Draft contract, third round",
    "Minutes of Tuesday's call",
    "Site visit in Göteborg",
    "Invoice 2019-0447 is overdue",
    "Budget for next year",
    "Who takes the Harbourlight account?",
    "R&D day: agenda and rooms",
    "Specification v1.2 for review",
    "Q3 figures — please check before noon"
  ],
  sentences: [
    "The numbers in the second table are the ones we agreed on, the first table is only for reference.",
    "Could you look at clause 7 before we send it on?",
    "I have moved the call to Thursday, half past two, same room.",
    "Hendrik says the delivery slips by a week, which we can absorb.",
    "Please keep this between us until the client has signed.",
    "I'll be on the train until four and offline for most of it.",
    "Attached is the version with Grace's comments worked in.",
    "If nobody objects by Friday I take that as a yes.",
    "The total comes to € 18.450,00 including the two site visits."
  ]
}

export const family: Theme = {
  subjects: [
    "Sunday lunch?",
    "Photos from the lake",
    "Grandma's recipe for plum dumplings",
    "שבת שלום",
    "The roof again",
    "Birthday present for Ines 🎁",
    "صور من العطلة",
    "Keys for the cabin",
    "Your flight on the 14th"
  ],
  sentences: [
    "The plums are ripe, so come soon or the wasps get them all.",
    "Dad wants to know whether you still have the ladder.",
    "We'd be six, or seven if Noa brings her sister.",
    "The roofer came, looked, sighed, and left without a word.",
    "אנחנו מגיעים ביום שישי אחרי הצהריים.",
    "Bring the good camera, the light in the evening is unreal.",
    "سنصل مساء الجمعة إن شاء الله.",
    "I put the spare key where it always is.",
    "Call me when you land, whatever the hour."
  ]
}

export const travel: Theme = {
  subjects: [
    "日本旅行の予定",
    "Hut above the glacier: two beds left",
    "Night train to Wien",
    "Packing list",
    "Your booking 4H7-22K is confirmed",
    "Change of platform"
  ],
  sentences: [
    "The hut keeps the beds until six, after that they give them away.",
    "Ryokan in Kyoto is paid, the one in Nara takes cash only.",
    "Change at Salzburg, you have eleven minutes.",
    "Take the second carriage, it stops right at the stairs.",
    "There is snow above 2,400 metres, so crampons for everybody.",
    "The ferry does not run on Mondays before May."
  ]
}

export const paperwork: Theme = {
  subjects: [
    "Your statement is ready",
    "Receipt for your order no. 88-20713",
    "Annual tax certificate",
    "Your parcel is on its way",
    "Two items are due on Monday",
    "Electricity: your new monthly amount",
    "Rechnung für Oktober"
  ],
  sentences: [
    "You will find the document attached to this message.",
    "Please keep it for your records; we cannot issue it a second time.",
    "No action is needed if you pay by direct debit.",
    "The amount will be collected on the 3rd of next month.",
    "You receive this message because you have an account with us."
  ]
}

export const reading: Theme = {
  subjects: [
    "The Long Read: what rivers remember",
    "This week: the last lamplighter",
    "Weekend essay — a short history of envelopes",
    "Five books for a long winter"
  ],
  sentences: [
    "It was the third winter without ice, and the skaters had taken up chess.",
    "An envelope is a promise that somebody will not look.",
    "The river was moved twice, and both times it came back.",
    "He lit four hundred and eleven lamps, and remembered each by its fault."
  ]
}

export const keepers: Theme = {
  subjects: [
    "[hut-keepers] Water tank frozen",
    "[hut-keepers] Rota for August",
    "[hut-keepers] New stove, old chimney",
    "[hut-keepers] Winter room left open"
  ],
  sentences: [
    "Drain the tank before the first frost, whatever the forecast says.",
    "Whoever was up last: the winter room was open and half full of snow.",
    "I can take the second week if somebody swaps the fourth.",
    "The chimney was swept in June and the bird is out."
  ]
}

export const junk: Theme = {
  subjects: ["YOU HAVE WON!!!", "Urgent business proposal", "Cheap m3ds ✨ no receipt", "Re: your invoice"],
  sentences: [
    "Dear beneficiary, your fund of 4,500,000 USD is awaiting your kind reply.",
    "Click here before midnight.",
    "This is not spam, this is opportunity."
  ]
}

/** A few paragraphs, CRLF line ends, no line over 78 characters where the words allow it. */
export const paragraphs = (theme: Theme, random: SeededRandom, count: number): string =>
  Array.from({ length: count }, () =>
    wrapped(random.some(theme.sentences, random.between(2, 5)).join(" "))
  ).join("\r\n\r\n")

const wrapped = (text: string): string => {
  const lines: Array<string> = [""]
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? ""
    if (line !== "" && line.length + word.length > 77) lines.push(word)
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`
  }
  return lines.join("\r\n")
}
