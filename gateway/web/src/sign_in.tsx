import { useState } from "preact/hooks";
import { Dragoman } from "../../../client/dragoman.ts";
import { Problem } from "./problem.tsx";
import { useWords } from "./words.ts";

export function SignIn({ onKey }: { readonly onKey: (key: string) => void }) {
  const words = useWords();
  const [key, setKey] = useState("");
  const [error, setError] = useState<unknown>();
  const [asking, setAsking] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setAsking(true);
    setError(undefined);
    try {
      await new Dragoman({ server: location.origin, apiKey: key.trim() }).languages();
      onKey(key.trim());
    } catch (thrown) {
      setError(thrown);
    }
    setAsking(false);
  };
  return (
    <form class="card sign-in" onSubmit={submit}>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      <label for="key">{words.apiKey}</label>
      <input
        id="key"
        type="password"
        autocomplete="off"
        required
        value={key}
        onInput={(event) => setKey(event.currentTarget.value)}
        aria-describedby="key-hint"
      />
      <p id="key-hint" class="small">
        {words.apiKeyHint}
      </p>
      <button type="submit" class="primary" disabled={asking}>
        {words.signIn}
      </button>
      {error !== undefined && <Problem error={error} />}
    </form>
  );
}
