import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { JobState, Stage } from "../../../gen/dragoman/v1/job_pb.ts";

const EN = {
  title: "Translate documents",
  lead: "PDFs, scans, office documents, texts, subtitles and files of strings in; the same document in another language out.",
  signIn: "Sign in",
  signOut: "Sign out",
  apiKey: "API key",
  apiKeyHint: "It is kept for this tab alone, and forgotten when you close it. A local server keeps one in data/api-key.",
  from: "From",
  to: "To",
  detect: "Detect language",
  noLanguages: "No worker is connected, so no language can be offered yet.",
  drop: "Drop documents here",
  choose: "or choose files",
  chooseAgain: "Choose the file again to go on",
  otherFile: "That is another file than the one that was begun.",
  pause: "Pause",
  resume: "Resume",
  remove: "Remove",
  reading: "Reading",
  sending: "Sending",
  paused: "Paused",
  history: "Your translations",
  search: "Search by name",
  allStates: "All states",
  more: "Load more",
  none: "Nothing yet. What you translate is listed here.",
  noMatch: "Nothing here fits.",
  back: "All translations",
  cancel: "Cancel",
  retry: "Translate again",
  password: "Password of the document",
  cancelling: "The worker is being stopped.",
  pages: "Pages",
  attempt: "Attempt",
  left: "About {time} left",
  away: "The connection is lost. It goes on by itself when the server is back.",
  timeline: "Where the time went",
  waiting: "Waiting",
  took: "{time} in all",
  sideBySide: "Side by side",
  text: "Text",
  files: "Files",
  source: "Source",
  translation: "Translation",
  page: "Page",
  previous: "Previous page",
  next: "Next page",
  sections: "Sections",
  section: "Section",
  previousSection: "Previous section",
  nextSection: "Next section",
  showSection: "Show section {page}",
  choices: "What is translated besides",
  comments: "Readers' comments",
  sheetNames: "Names of sheets",
  attachments: "Attached documents",
  keys: "Only values under these keys",
  columns: "Only these columns",
  header: "First row",
  headerDetect: "Told by its look",
  headerYes: "Names of columns",
  headerNo: "Already a row",
  noText: "The result was asked for without Markdown.",
  noSourcePicture: "This kind of document has no pages to show.",
  ledger: "What a reader should know",
  ledgerGood: "Every page and every sentence is accounted for.",
  segments: "{translated} of {total} sentences translated, {kept} kept by rule, {failed} failed",
  showPage: "Show page {page}",
  download: "Download",
  everything: "Everything (zip)",
  error: "It did not work",
  trace: "Trace",
  loading: "Loading",
  language: "Language",
  progress: "Progress",
  skip: "Skip to the content",
  states: {
    [JobState.UNSPECIFIED]: "Unknown",
    [JobState.SCHEDULED]: "Scheduled",
    [JobState.QUEUED]: "Queued",
    [JobState.RUNNING]: "Running",
    [JobState.RETRY_WAIT]: "Waiting to retry",
    [JobState.CANCELLING]: "Cancelling",
    [JobState.SUCCEEDED]: "Succeeded",
    [JobState.PARTIALLY_SUCCEEDED]: "Partly succeeded",
    [JobState.FAILED]: "Failed",
    [JobState.CANCELLED]: "Cancelled",
    [JobState.EXPIRED]: "Expired",
  } as Record<JobState, string>,
  stages: {
    [Stage.UNSPECIFIED]: "Waiting",
    [Stage.DOWNLOADING]: "Fetch",
    [Stage.CONVERTING]: "Open",
    [Stage.OCR_PROCESSING]: "Read",
    [Stage.TRANSLATING]: "Translate",
    [Stage.EXPORTING]: "Write",
    [Stage.UPLOADING]: "Store",
  } as Record<Stage, string>,
};

/** Every text of the page, in one language. Names in braces are filled in by `fill`. */
export type Words = typeof EN;

const ES: Words = {
  title: "Traducir documentos",
  lead: "Entran PDF, escaneos, documentos de oficina, textos, subtítulos y archivos de cadenas; sale el mismo documento en otro idioma.",
  signIn: "Entrar",
  signOut: "Salir",
  apiKey: "Clave de API",
  apiKeyHint: "Se guarda solo para esta pestaña y se olvida al cerrarla. Un servidor local guarda una en data/api-key.",
  from: "De",
  to: "A",
  detect: "Detectar el idioma",
  noLanguages: "No hay ningún trabajador conectado, así que todavía no se puede ofrecer ningún idioma.",
  drop: "Suelta aquí los documentos",
  choose: "o elige archivos",
  chooseAgain: "Elige de nuevo el archivo para continuar",
  otherFile: "Ese archivo no es el que se empezó a enviar.",
  pause: "Pausar",
  resume: "Continuar",
  remove: "Quitar",
  reading: "Leyendo",
  sending: "Enviando",
  paused: "En pausa",
  history: "Tus traducciones",
  search: "Buscar por nombre",
  allStates: "Todos los estados",
  more: "Cargar más",
  none: "Todavía nada. Aquí aparece lo que traduzcas.",
  noMatch: "Aquí no hay nada que coincida.",
  back: "Todas las traducciones",
  cancel: "Cancelar",
  retry: "Traducir otra vez",
  password: "Contraseña del documento",
  cancelling: "Se está deteniendo al trabajador.",
  pages: "Páginas",
  attempt: "Intento",
  left: "Quedan unos {time}",
  away: "Se ha perdido la conexión. Continúa por sí sola cuando vuelva el servidor.",
  timeline: "En qué se fue el tiempo",
  waiting: "Espera",
  took: "{time} en total",
  sideBySide: "Lado a lado",
  text: "Texto",
  files: "Archivos",
  source: "Original",
  translation: "Traducción",
  page: "Página",
  previous: "Página anterior",
  next: "Página siguiente",
  sections: "Secciones",
  section: "Sección",
  previousSection: "Sección anterior",
  nextSection: "Sección siguiente",
  showSection: "Mostrar la sección {page}",
  choices: "Qué más se traduce",
  comments: "Comentarios de lectores",
  sheetNames: "Nombres de hojas",
  attachments: "Documentos adjuntos",
  keys: "Solo los valores de estas claves",
  columns: "Solo estas columnas",
  header: "Primera fila",
  headerDetect: "Según su aspecto",
  headerYes: "Nombres de columnas",
  headerNo: "Ya es una fila",
  noText: "El resultado se pidió sin Markdown.",
  noSourcePicture: "Este tipo de documento no tiene páginas que mostrar.",
  ledger: "Lo que conviene saber",
  ledgerGood: "Consta cada página y cada frase.",
  segments: "{translated} de {total} frases traducidas, {kept} conservadas por regla, {failed} fallidas",
  showPage: "Mostrar la página {page}",
  download: "Descargar",
  everything: "Todo (zip)",
  error: "No ha funcionado",
  trace: "Traza",
  loading: "Cargando",
  language: "Idioma",
  progress: "Progreso",
  skip: "Ir al contenido",
  states: {
    [JobState.UNSPECIFIED]: "Desconocido",
    [JobState.SCHEDULED]: "Programado",
    [JobState.QUEUED]: "En cola",
    [JobState.RUNNING]: "En curso",
    [JobState.RETRY_WAIT]: "Espera otro intento",
    [JobState.CANCELLING]: "Cancelando",
    [JobState.SUCCEEDED]: "Terminado",
    [JobState.PARTIALLY_SUCCEEDED]: "Terminado en parte",
    [JobState.FAILED]: "Fallido",
    [JobState.CANCELLED]: "Cancelado",
    [JobState.EXPIRED]: "Caducado",
  },
  stages: {
    [Stage.UNSPECIFIED]: "Espera",
    [Stage.DOWNLOADING]: "Recoger",
    [Stage.CONVERTING]: "Abrir",
    [Stage.OCR_PROCESSING]: "Leer",
    [Stage.TRANSLATING]: "Traducir",
    [Stage.EXPORTING]: "Escribir",
    [Stage.UPLOADING]: "Guardar",
  },
};

export const LANGUAGES = { en: EN, es: ES } as const;
export type PageLanguage = keyof typeof LANGUAGES;

export const WordsContext = createContext<{ readonly words: Words; readonly language: PageLanguage }>({ words: EN, language: "en" });

export function useWords(): Words {
  return useContext(WordsContext).words;
}

export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** A language's own name in the page's language ("inglés"). */
export function languageName(code: string, language: PageLanguage): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${value >= 10 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
