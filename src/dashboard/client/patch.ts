/** The part of the script that changes an element into another, and keeps of it what it can. */
export const PATCH = /* js */ `
  function local(iso) {
    const date = new Date(iso);
    const time = date.toLocaleTimeString([], { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    const isToday = date.toDateString() === new Date().toDateString();
    return isToday ? time : date.toLocaleDateString([], { day: 'numeric', month: 'short' }) + ' ' + time;
  }

  function create([tag, attributes, ...children]) {
    const isDrawing = tag === 'svg' || tag === 'rect';
    const element = isDrawing ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
    change(element, [tag, attributes, ...children]);
    return element;
  }

  function change(element, [tag, attributes, ...children]) {
    for (const { name } of [...element.attributes]) {
      if (!Object.hasOwn(attributes, name) && name !== 'open') element.removeAttribute(name);
    }
    for (const [name, value] of Object.entries(attributes)) {
      const text = value === true ? '' : value;
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
    changeChildren(element, tag === 'time' ? [local(attributes.datetime)] : children);
  }

  const keyOf = (item) => (typeof item === 'string' ? undefined : item[1]['data-key']);
  const isLike = (node, item) =>
    typeof item === 'string'
      ? node.nodeType === Node.TEXT_NODE
      : node.localName === item[0] && !node.dataset?.key;

  function changeChildren(element, items) {
    const kept = new Map([...element.children].filter((child) => child.dataset.key).map((child) => [child.dataset.key, child]));
    const wanted = new Set(items.map(keyOf));
    const isFilled = kept.size > 0;
    let next = element.firstChild;
    for (const item of items) {
      while (next?.dataset?.key && !wanted.has(next.dataset.key)) next = removed(next);
      const key = keyOf(item);
      let node = key === undefined ? next && isLike(next, item) && next : kept.get(key);
      if (!node) {
        node = typeof item === 'string' ? document.createTextNode(item) : create(item);
        if (isFilled && key !== undefined) node.classList.add('fresh');
      } else if (typeof item !== 'string') change(node, item);
      else if (node.data !== item) node.data = item;
      if (node === next) next = next.nextSibling;
      else element.insertBefore(node, next);
    }
    while (next) next = removed(next);
  }

  function removed(node) {
    const next = node.nextSibling;
    node.remove();
    return next;
  }
`;
