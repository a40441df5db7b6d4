import type { SubtitleKind } from "../../../worker/engine/formats/subtitles/cues.ts";

export interface SubtitleFile {
  readonly name: string;
  readonly kind: SubtitleKind;
  readonly source: string;
}

const FILM = `1
00:00:01,000 --> 00:00:03,500
{\\an8}<i>We went to the</i>

2
00:00:03,600 --> 00:00:06,000
{\\an8}<i>market, where nobody was
waiting for us any more.</i>

3
00:00:08,000 --> 00:00:10,000
- Hello, <b>Anna</b>.
- Hi.

4
00:00:10,100 --> 00:00:12,000 X1:10 X2:20 Y1:30 Y2:40
[door slams]
He said that

5
00:00:12,500 --> 00:00:14,000 X1:10 X2:20 Y1:30 Y2:40
<b>nobody</b> in the <font color="#00FF00">Fifth</font>
avenue could come.

6
00:00:20,000 --> 00:00:21,000
♪ I walk the line
and sing ♪

8
00:00:21,000 --> 00:00:25,000
MAN: Hello (music) there.
WOMAN: See www.example.org/a?b=1.

9
00:00:26,000 --> 00:00:27,000
1984

10
00:00:28,000 --> 00:00:30,000
- So it is...
- <i>...as you say.</i>
`;

const CAPTIONS = `WEBVTT - A film
Kind: captions

STYLE
::cue(.loud) { color: red }

REGION
id:fred width:40%

NOTE The translator's: nowhere
and a second line

intro
00:01.000 --> 00:03.500 line:0 position:20% align:start
<v Anna>Fish &amp; chips are
<c.loud>really</c> what I

00:03.600 --> 00:05.000 line:0 position:20% align:start
<v Anna>wanted for lunch.

00:06.000 --> 00:08.000
<v Peter>I do not like &lt;b&gt; at all.</v>
<v Anna.loud>Why is that?</v>

NOTE nothing

01:00:01.000 --> 01:00:03.500
(applause)

01:00:04.000 --> 01:00:08.500
<01:00:04.500>The <01:00:05.000>garden <01:00:06.000>is <01:00:07.000>open
`;

const AUTO = Array.from(
  { length: 60 },
  (_, index) =>
    `${index + 1}\n00:${String(index).padStart(2, "0")}:01,000 --> 00:${String(index).padStart(2, "0")}:59,500\nand so the speaker goes on to say that number ${index} is\nnot the last of his points\n`,
).join("\n");

const JAPANESE = `1
00:00:01,000 --> 00:00:03,500
昨日は友達と一緒に、
映画を見に行きました。

2
00:00:04,000 --> 00:00:06,000
とても面白かった、

3
00:00:06,100 --> 00:00:08,000
と思います。
`;

const LOOSE = `

1
0:00:01.5 --> 0:00:03.0
The first line.

A line behind a blank one
that goes on.
2
00:00:04,000-->00:00:06,000


00:00:07,000 --> 00:00:09,000
No number stands above this.



4
00:00:10,000 --> 00:00:09,000
Ends before it begins`;

/** One of each kind that films, captions and programs have. */
export const SUBTITLES: readonly SubtitleFile[] = [
  { name: "film", kind: "srt", source: FILM },
  { name: "film of Windows", kind: "srt", source: FILM.replaceAll("\n", "\r\n") },
  { name: "captions", kind: "vtt", source: CAPTIONS },
  { name: "captions of Windows", kind: "vtt", source: CAPTIONS.replaceAll("\n", "\r\n") },
  { name: "automatic captions", kind: "srt", source: AUTO },
  { name: "Japanese", kind: "srt", source: JAPANESE },
  { name: "loosely written", kind: "srt", source: LOOSE },
];
