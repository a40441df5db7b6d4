/** What the example's pages are set from; tests compare what OCR read with it. */
export type ExampleBlock =
  | { readonly kind: "title" | "heading" | "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "columns"; readonly columns: readonly (readonly ExampleBlock[])[] };

const paragraph = (text: string): ExampleBlock => ({ kind: "paragraph", text });

export const examplePages: readonly (readonly ExampleBlock[])[] = [
  [
    { kind: "title", text: "The Harbour Library" },
    paragraph(
      "The harbour library opened its doors again this spring. For two years the old building had been closed, because the roof let in the rain and the floor of the reading room was not safe. The town paid for half of the work. The other half came from the people who live near the harbour, and from readers who wrote to us from many countries.",
    ),
    paragraph(
      "This report explains what was done, what it cost, and how the library will be used. It was written for the members, but everyone is welcome to read it.",
    ),
    { kind: "heading", text: "What has changed" },
    paragraph(
      "The reading room is larger than before. The wall between the old office and the room was removed, and the light now comes from three sides. There are forty chairs, and each table has a lamp. The books for children have a room of their own, with a door that opens to the garden.",
    ),
    {
      kind: "list",
      items: [
        "The roof is new, and the windows close well.",
        "A lift brings visitors to the first floor.",
        "The map collection can be seen every Friday.",
        "Two rooms are free for schools in the morning.",
      ],
    },
    paragraph(
      "We kept the old wooden stairs. They are narrow and they make a noise, but nobody wanted to lose them. The architect asked us three times, and three times the members voted for the stairs.",
    ),
  ],
  [
    { kind: "heading", text: "What it cost" },
    paragraph(
      "The work cost less than we had expected. The table shows the four largest parts in thousands of euros. All the bills can be seen at the office.",
    ),
    {
      kind: "table",
      rows: [
        ["Part", "Planned", "Paid"],
        ["Roof", "120", "112"],
        ["Windows", "64", "58"],
        ["Floor", "45", "47"],
        ["Garden", "18", "15"],
      ],
    },
    paragraph(
      "The floor was the only part that cost more than planned, because the workers found water under the boards. Questions about the bills can be sent to office@harbour-library.example at any time.",
    ),
    { kind: "heading", text: "Two voices" },
    {
      kind: "columns",
      columns: [
        [
          paragraph(
            "My father brought me here when I was six years old. I remember the smell of the paper and the cold floor. Today I bring my own daughter. She runs to the garden first, and then she reads until the lamp is turned off. I think that a town without a library is a house without windows.",
          ),
        ],
        [
          paragraph(
            "I work on the ships, and I am away for many months. When I come home I want a quiet place. The library gives me a chair, a table and the news of the week. Nobody asks what I am doing there. I have read more books in this room than in any school.",
          ),
        ],
      ],
    },
  ],
  [
    { kind: "heading", text: "How to visit" },
    paragraph(
      "The library is open from Monday to Saturday. It is closed on Sunday and on the first day of the year. In summer the garden stays open until ten at night, and the readers may take the books outside if the weather is dry.",
    ),
    {
      kind: "list",
      items: [
        "Bring your card, or a letter with your address.",
        "You can borrow six books for four weeks.",
        "Please do not eat in the reading room.",
      ],
    },
    { kind: "heading", text: "What comes next" },
    paragraph(
      "Next year we want to copy the old letters of the harbour. There are about nine thousand of them, and many are in danger because the ink is weak. Each letter will be photographed, read and translated, and the pictures will be free for everyone. The first hundred letters were finished last month by six students and their teacher.",
    ),
    paragraph(
      "If you want to help, write to us or come on a Tuesday evening. You do not need to know another language. You only need patience, good light and clean hands.",
    ),
  ],
];
