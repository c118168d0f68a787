// Between the browser's selections (UTF-16, any node) and anchors of the server: a turn and a number of
// code points into its words.
export const points = (text) => [...text].length;

const turnOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".cue");
export const saidOf = (turn) => turn.querySelector(".said");
export const idOf = (turn) => turn.id.slice(1);

// The words of `said` that `range` covers, as a range; null where it covers none.
function overlap(range, said) {
  const part = document.createRange();
  part.selectNodeContents(said);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return part.toString() ? part : null;
}

function before(said, part) {
  const lead = document.createRange();
  lead.selectNodeContents(said);
  lead.setEnd(part.startContainer, part.startOffset);
  return points(lead.toString());
}

// {start_cue, start, end_cue, end, quote} of a selection in `transcript`; null where it holds no words.
export function anchorOf(range, transcript) {
  if (range.collapsed || !range.intersectsNode(transcript)) return null;
  const parts = [];
  let turn = (transcript.contains(range.startContainer) && turnOf(range.startContainer)) || transcript.firstElementChild;
  while (turn && !range.intersectsNode(turn)) turn = turn.nextElementSibling;
  for (; turn && range.intersectsNode(turn); turn = turn.nextElementSibling) {
    const part = overlap(range, saidOf(turn));
    if (part) parts.push({ turn, start: before(saidOf(turn), part), text: part.toString() });
  }
  if (!parts.length) return null;
  const [first, last] = [parts[0], parts.at(-1)];
  return {
    start_cue: idOf(first.turn),
    start: first.start,
    end_cue: idOf(last.turn),
    end: last.start + points(last.text),
    quote: parts.map((part) => part.text).join("\n"),
  };
}

// A range over whole turns, from one to the other.
export function rangeOver(first, last) {
  const range = document.createRange();
  range.setStart(saidOf(first), 0);
  range.setEnd(saidOf(last), saidOf(last).childNodes.length);
  return range;
}
