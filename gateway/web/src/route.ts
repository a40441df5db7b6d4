import { useEffect, useState } from "preact/hooks";

/** What the page shows: everything, or one job by its own address. */
export type Route = { readonly page: "home" } | { readonly page: "job"; readonly id: string };

function read(): Route {
  const [, id] = /^\/view\/([0-9A-Za-z]+)$/.exec(location.pathname) ?? [];
  return id ? { page: "job", id } : { page: "home" };
}

export function go(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  scrollTo(0, 0);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => setRoute(read());
    addEventListener("popstate", changed);
    return () => removeEventListener("popstate", changed);
  }, []);
  return route;
}

/** For an anchor: a plain click stays in the page, all else is the browser's. */
export function follow(event: MouseEvent): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go((event.currentTarget as HTMLAnchorElement).pathname);
}
