import { useMemo, useState } from "preact/hooks";
import { Dragoman, type SendFile } from "../../../client/dragoman.ts";
import { sendInParts } from "../../../client/parts.ts";
import { sendResumably } from "../../../client/resumable.ts";
import { type Guest, guestHere } from "./guest.ts";
import { History } from "./history.tsx";
import { JobView } from "./job_view.tsx";
import { follow, useRoute } from "./route.ts";
import { Send } from "./send.tsx";
import { useSendings } from "./sendings.ts";
import { SignIn } from "./sign_in.tsx";
import { LANGUAGES, type PageLanguage, WordsContext } from "./words.ts";

const KEY = "dragoman.key";

export function App() {
  const [language, setLanguage] = useState<PageLanguage>(navigator.language.startsWith("es") ? "es" : "en");
  const [apiKey, setApiKey] = useState(sessionStorage.getItem(KEY) ?? "");
  const guest = useMemo(guestHere, []);
  const words = LANGUAGES[language];
  document.documentElement.lang = language;
  const signIn = (key: string) => {
    sessionStorage.setItem(KEY, key);
    setApiKey(key);
  };
  const signOut = () => {
    sessionStorage.clear();
    setApiKey("");
  };
  return (
    <WordsContext.Provider value={{ words, language }}>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="bar">
        <a class="brand" href="/" onClick={follow}>
          <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
            <path d="M5 6h11v16H5z" class="brand-back" />
            <path d="M16 10h11v16H16z" class="brand-front" />
            <path d="M19 15h5M19 18.5h5M19 22h3" class="brand-lines" />
          </svg>
          Dragoman
        </a>
        <nav aria-label={words.language}>
          {(Object.keys(LANGUAGES) as PageLanguage[]).map((code) => (
            <button type="button" class="quiet" aria-pressed={code === language} lang={code} key={code} onClick={() => setLanguage(code)}>
              {code === "en" ? "English" : "Español"}
            </button>
          ))}
          {apiKey && (
            <button type="button" class="quiet" onClick={signOut}>
              {words.signOut}
            </button>
          )}
        </nav>
      </header>
      <main id="content">{apiKey ? <SignedIn apiKey={apiKey} onRefused={signOut} /> : <SignedOut guest={guest} onKey={signIn} />}</main>
    </WordsContext.Provider>
  );
}

/** Straight to the artefact store where the server gives a way, else through the server; either goes on after a reload. */
const send: SendFile = (file, upload, ...rest) => (upload.partsToken ? sendInParts : sendResumably)(file, upload, ...rest);

/** Who has a token for the job that the address names sees that. */
function SignedOut({ guest, onKey }: { readonly guest: Guest | undefined; readonly onKey: (key: string) => void }) {
  const dragoman = useMemo(() => guest && new Dragoman({ server: location.origin, apiKey: guest.token }), [guest]);
  const route = useRoute();
  if (!guest || !dragoman || route.page !== "job" || route.id !== guest.jobId) return <SignIn onKey={onKey} />;
  return <JobView id={guest.jobId} dragoman={dragoman} guest={guest} />;
}

function SignedIn({ apiKey, onRefused }: { readonly apiKey: string; readonly onRefused: () => void }) {
  const dragoman = useMemo(() => new Dragoman({ server: location.origin, apiKey, send }), [apiKey]);
  const sendings = useSendings(dragoman);
  const route = useRoute();
  if (route.page === "job") return <JobView key={route.id} id={route.id} dragoman={dragoman} />;
  return (
    <>
      <Send dragoman={dragoman} sendings={sendings} onRefused={onRefused} />
      <History dragoman={dragoman} created={sendings.created} />
    </>
  );
}
