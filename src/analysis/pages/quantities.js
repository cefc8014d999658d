// The table of quantities: sorted, filtered and handed out as CSV, each row leading to its place in a report.
// Text is only ever set as text. What is shown comes from the element "data"; nothing is fetched.
"use strict"
const data = JSON.parse(document.getElementById("data").textContent)
const PAGE = 100
const NONE = "(none)"
const get = id => document.getElementById(id)
const marks = number => document.querySelectorAll(`mark[data-q="${number}"]`)
const state = { sort: "", falling: false, page: 0, filters: {}, text: "", report: "", check: "", rows: [] }

// ---- Cells: a column is a list of numbers, or a list of words and a number of one of them for each row

const value = (name, row) => {
  const column = data.columns[name]
  return column.words ? column.words[column.codes[row]] : column.numbers[row]
}
const number = cell => (cell === "inf" ? Infinity : cell === "-inf" ? -Infinity : cell)
const shown = cell =>
  typeof cell === "number" ? cell.toLocaleString("en", { maximumSignificantDigits: 15 }) : cell === "inf" ? "∞" : cell === "-inf" ? "−∞" : cell ?? ""

// ---- Filters

const COMPARE = /^\s*(>=|<=|>|<|=|≥|≤)?\s*(-?\d[\d,]*(?:\.\d+)?|inf|∞)\s*(?:(?:\.\.|–|to)\s*(-?\d[\d,]*(?:\.\d+)?|inf|∞))?\s*$/
const parsed = text => (/^(inf|∞)$/.test(text) ? Infinity : Number(text.replaceAll(",", "")))
function numeric(wanted) {
  if (wanted.trim().toLowerCase() === NONE) return cell => cell === null
  const found = COMPARE.exec(wanted)
  if (!found || Number.isNaN(parsed(found[2]))) return null
  const first = parsed(found[2])
  if (found[3] !== undefined) return cell => cell !== null && number(cell) >= first && number(cell) <= parsed(found[3])
  const tests = {
    ">": cell => cell > first, "<": cell => cell < first, "=": cell => cell === first,
    ">=": cell => cell >= first, "≥": cell => cell >= first, "<=": cell => cell <= first, "≤": cell => cell <= first,
  }
  const test = tests[found[1] || "="]
  return cell => cell !== null && test(number(cell))
}
function textual(wanted) {
  const text = wanted.trim().toLowerCase()
  if (text === NONE) return cell => cell === ""
  if (text.startsWith("=")) return cell => cell.toLowerCase() === text.slice(1).trim()
  return cell => cell.toLowerCase().includes(text)
}

function passing() {
  const tests = []
  for (const [name, wanted] of Object.entries(state.filters)) {
    if (wanted === "") continue
    const column = data.columns[name]
    const test = column.words ? textual(wanted) : numeric(wanted)
    get(`filter-${name}`).setAttribute("aria-invalid", String(test === null))
    if (test === null) continue
    if (!column.words) tests.push(row => test(column.numbers[row]))
    else {
      const passes = column.words.map(test) // asked once for each word, not for each row
      tests.push(row => passes[column.codes[row]])
    }
  }
  if (state.report !== "") tests.push(row => data.columns.document_id.codes[row] === Number(state.report))
  if (state.check === "check") tests.push(row => value("reasons", row) !== "")
  if (state.check === "checked") tests.push(row => value("checked", row) !== "")
  const text = state.text.trim().toLowerCase()
  if (text) {
    const found = data.searched.map(name => data.columns[name].words.map(word => word.toLowerCase().includes(text)))
    tests.push(row => found.some((hits, place) => hits[data.columns[data.searched[place]].codes[row]]))
  }
  const rows = []
  for (let row = 0; row < data.n; row++) if (tests.every(test => test(row))) rows.push(row)
  return rows
}

function sorted(rows) {
  const column = data.columns[state.sort]
  if (!column) return rows
  let rank
  if (column.words) {
    const order = column.words.map((_, place) => place).sort((a, b) => column.words[a].localeCompare(column.words[b], "en"))
    const places = []
    order.forEach((word, place) => { places[word] = column.words[word] === "" ? null : place })
    rank = row => places[column.codes[row]]
  } else rank = row => (column.numbers[row] === null ? null : number(column.numbers[row]))
  const sign = state.falling ? -1 : 1
  return rows.sort((a, b) => {
    const [x, y] = [rank(a), rank(b)]
    if (x === y) return a - b
    if (x === null) return 1 // what is not stated comes last, either way
    if (y === null) return -1
    return x < y ? -sign : sign
  })
}

// ---- The table

function update(page = 0) {
  state.rows = sorted(passing())
  state.page = page
  draw()
  const off = new Set(state.rows)
  for (const mark of document.querySelectorAll("mark[data-q]")) mark.classList.toggle("off", !off.has(Number(mark.dataset.q)))
}

function draw() {
  const first = state.page * PAGE
  const body = document.createElement("tbody")
  for (const row of state.rows.slice(first, first + PAGE)) body.append(line(row))
  get("table").tBodies[0].replaceWith(body)
  const last = Math.min(first + PAGE, state.rows.length)
  get("count").textContent = state.rows.length
    ? `Rows ${(first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${state.rows.length.toLocaleString("en")}`
    : "No quantity passes these filters."
  get("before").disabled = state.page === 0
  get("after").disabled = last >= state.rows.length
  for (const head of get("table").querySelectorAll("th[data-name]")) {
    const own = head.dataset.name === state.sort
    head.setAttribute("aria-sort", own ? (state.falling ? "descending" : "ascending") : "none")
    head.querySelector("span").textContent = own ? (state.falling ? " ▼" : " ▲") : ""
  }
}

function line(row) {
  const tr = document.createElement("tr")
  tr.dataset.row = row
  data.shown.forEach((name, place) => {
    const td = document.createElement("td")
    const cell = shown(value(name, row))
    if (!data.columns[name].words) td.className = "number"
    const inner = document.createElement(place ? "bdi" : "a")
    inner.textContent = cell
    if (!place) inner.href = `#q${row}`
    td.title = cell
    td.append(inner)
    tr.append(td)
  })
  return tr
}

// ---- A quantity and its place

function choose(row, { scroll = false, focus = false } = {}) {
  for (const old of document.querySelectorAll(".chosen")) old.classList.remove("chosen")
  for (const mark of marks(row)) mark.classList.add("chosen")
  for (const tr of get("table").querySelectorAll(`tr[data-row="${row}"]`)) tr.classList.add("chosen")
  const own = get(`q${row}`)
  const [first, last] = [value("speaker_start", row), value("speaker_end", row)]
  if (first !== null)
    for (const who of own.closest("article").querySelectorAll("[data-s]"))
      if (Number(who.dataset.s) >= first && Number(who.dataset.s) < last) who.classList.add("chosen")
  get("card").textContent = `${own.closest("article").querySelector("h3").textContent}\n${own.dataset.words}`
  if (scroll) {
    const article = own.closest("article")
    article.hidden = false
    own.scrollIntoView({ block: "center" })
  }
  if (focus) own.focus({ preventScroll: true })
}

function showReport(code) {
  state.report = code
  for (const article of document.querySelectorAll("article")) article.hidden = code !== "" && article.dataset.r !== code
  get("reports").scrollTop = 0
  update()
}

// ---- Rows as CSV, with an empty column for decisions: a working sheet for a spreadsheet

function csv() {
  const quoted = cell => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const plain = (name, row) => {
    if (name === "decision" || name === "note" || name === "by") return ""
    const cell = value(name, row)
    return cell === null ? "" : String(cell)
  }
  const lines = [data.sheet.join(",")]
  for (const row of state.rows) lines.push(data.sheet.map(name => quoted(plain(name, row))).join(","))
  return `\ufeff${lines.join("\r\n")}\r\n`
}

function download() {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }))
  link.download = "quantities.csv"
  link.click()
  URL.revokeObjectURL(link.href)
}

// ---- What a person does

for (const mark of document.querySelectorAll("mark[data-q]")) {
  mark.dataset.words = mark.title // one description, not two at once
  mark.removeAttribute("title")
}
get("reports").addEventListener("mouseover", event => {
  const mark = event.target.closest("mark[data-q]")
  if (mark) choose(Number(mark.dataset.q))
})
get("reports").addEventListener("focusin", event => {
  const mark = event.target.closest("mark[data-q]")
  if (mark) choose(Number(mark.dataset.q))
})
get("table").addEventListener("click", event => {
  const head = event.target.closest("th[data-name]")
  const row = event.target.closest("tr[data-row]")
  if (head && event.target.closest("button")) {
    state.falling = state.sort === head.dataset.name && !state.falling
    state.sort = head.dataset.name
    update()
  } else if (row) {
    event.preventDefault()
    choose(Number(row.dataset.row), { scroll: true, focus: Boolean(event.target.closest("a")) })
  }
})
get("table").addEventListener("input", event => {
  if (event.target.dataset.filter) {
    state.filters[event.target.dataset.filter] = event.target.value
    update()
  }
})
get("search").addEventListener("input", event => { state.text = event.target.value; update() })
get("report").addEventListener("change", event => showReport(event.target.value))
get("check").addEventListener("change", event => { state.check = event.target.value; update() })
get("before").addEventListener("click", () => { state.page--; draw() })
get("after").addEventListener("click", () => { state.page++; draw() })
get("clear").addEventListener("click", () => {
  for (const field of document.querySelectorAll("input,select")) field.value = ""
  Object.assign(state, { filters: {}, text: "", check: "", sort: "", falling: false })
  showReport("")
})
get("download").addEventListener("click", download)
if (location.protocol === "about:") for (const link of document.querySelectorAll("a.file")) link.removeAttribute("href")
update()
