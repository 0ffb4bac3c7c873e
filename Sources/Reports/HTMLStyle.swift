/// How a report looks: light and dark, narrow and wide, and on paper.
enum HTMLStyle {
  static let sheet = """
    :root {
      --page: #ffffff; --card: #f6f7f9; --text: #1c2128; --soft: #59636e; --line: #d9dee4; --accent: #0b62a8;
      --good: #1a7f45; --warning: #a15c00; --shade: #0000002e;
      --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
      --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --page: #14171c; --card: #1d2127; --text: #e4e8ee; --soft: #9aa5b1; --line: #333a44; --accent: #6db3f2;
        --good: #5cc98a; --warning: #e0a458; --shade: #ffffff33;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 2.5rem 2rem 3rem; max-width: 60rem; background: var(--page); color: var(--text);
      font: 1rem/1.6 var(--sans); overflow-wrap: break-word;
    }
    header { margin-bottom: 1.5rem; }
    h1 { font-size: 2rem; line-height: 1.2; margin: 0; letter-spacing: -0.015em; text-wrap: balance; }
    h2 {
      font-size: 1.35rem; line-height: 1.3; margin: 2.75rem 0 0.75rem; padding-top: 1.25rem;
      border-top: 1px solid var(--line); letter-spacing: -0.01em;
    }
    h3 { font-size: 1.08rem; line-height: 1.35; margin: 2rem 0 0.5rem; }
    p, ul { margin: 0.75rem 0; max-width: 46rem; }
    ul { padding-left: 1.25rem; }
    a { color: var(--accent); text-decoration: none; }
    a:hover { text-decoration: underline; }
    .subtitle { color: var(--soft); font-size: 1.1rem; margin: 0.4rem 0 0; }
    .small, figcaption, caption, footer { color: var(--soft); font-size: 0.875rem; line-height: 1.5; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; padding: 0; max-width: none; }
    .callout {
      background: var(--card); border-left: 3px solid var(--accent); border-radius: 0 6px 6px 0;
      padding: 0.7rem 1rem; white-space: pre-line;
    }
    .callout.good { border-color: var(--good); }
    .callout.warning { border-color: var(--warning); }
    pre {
      background: var(--card); border-radius: 6px; padding: 0.8rem 1rem; overflow-x: auto;
      font: 0.85rem/1.5 var(--mono);
    }
    code { font-family: var(--mono); }
    dl {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 0 2.5rem;
      margin: 1rem 0;
    }
    dl div {
      display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding: 0.4rem 0;
      border-bottom: 1px solid var(--line);
    }
    dt { color: var(--soft); flex: none; max-width: 60%; }
    dd { margin: 0; text-align: right; min-width: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    .table {
      overflow-x: auto; margin: 1.25rem 0 0.5rem;
      background:
        linear-gradient(to right, var(--page) 40%, transparent) left / 2.5rem 100% local no-repeat,
        linear-gradient(to left, var(--page) 40%, transparent) right / 2.5rem 100% local no-repeat,
        radial-gradient(farthest-side at 0 50%, var(--shade), transparent) left / 0.9rem 100% no-repeat,
        radial-gradient(farthest-side at 100% 50%, var(--shade), transparent) right / 0.9rem 100% no-repeat;
    }
    table { border-collapse: collapse; font-size: 0.95rem; line-height: 1.45; min-width: min(100%, 24rem); }
    caption { text-align: left; padding-bottom: 0.5rem; }
    th, td { padding: 0.45rem 0.9rem; text-align: left; vertical-align: baseline; }
    th:first-child, td:first-child { padding-left: 0.25rem; }
    td:first-child:has(~ .number) { white-space: nowrap; }
    th { font-weight: 600; color: var(--soft); border-bottom: 1.5px solid var(--soft); vertical-align: bottom; }
    td { border-bottom: 1px solid var(--line); }
    tbody tr:hover { background: var(--card); }
    .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
    th.number { white-space: normal; }
    .spread { color: var(--soft); }
    .hanging { display: inline-block; width: 0; }
    tr.rule td { border-top: 1px solid var(--soft); }
    tr:has(+ tr.under) td { border-bottom: none; padding-bottom: 0; }
    tr.under td { padding-top: 0; }
    figure { margin: 1.5rem 0; }
    img { display: block; max-width: 100%; height: auto; }
    .pixels { image-rendering: pixelated; }
    .chart img { width: 100%; max-width: 41rem; }
    .figures .chart { margin: 0.5rem 0; }
    .chart img.pixels { width: auto; min-width: min(100%, 16rem); }
    figcaption { margin-top: 0.5rem; max-width: 44rem; }
    .chart img.sheet { width: auto; max-width: min(100%, 41rem); }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 0 2rem; }
    .grid > div { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(var(--cell), 100%), 1fr)); gap: 0.75rem; }
    .grid figure { margin: 0; min-width: 0; }
    .grid img { width: 100%; border-radius: 4px; background: var(--card); }
    .grid figure figcaption { margin-top: 0.25rem; font-size: 0.8rem; line-height: 1.35; }
    details { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; }
    summary { cursor: pointer; padding: 0.6rem 1rem; font-weight: 600; }
    details > div { padding: 0 1rem 0.5rem; }
    footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    @media (max-width: 40rem) {
      body { padding: 1.5rem 1rem 2rem; }
      h1 { font-size: 1.6rem; }
      h2 { margin-top: 2.25rem; }
      table { font-size: 0.9rem; }
      th, td { padding: 0.45rem 0.5rem; }
      .grid > div { gap: 0.5rem; }
    }
    @page { margin: 18mm 15mm; }
    @media print {
      body { max-width: none; padding: 0; font-size: 10.5pt; }
      nav { display: none; }
      .figures { grid-template-columns: 1fr 1fr; }
      h2, h3, caption { break-after: avoid; }
      figure, tr, .callout, dl div { break-inside: avoid; }
      .table, pre { overflow: visible; }
      pre { white-space: pre-wrap; }
      details::details-content { content-visibility: visible; block-size: auto; }
    }
    """
}
