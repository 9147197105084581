// A question on a page of its own. Wagtail's form asks a block for its element and means it to
// stand in a row with others; a lone one has none, and folding it fails while it is being built.
class ExamQuestion extends window.wagtailStreamField.blocks.StructBlockDefinition {
  constructor(...args) {
    super(...args);
    this.collapsible = false;
  }

  render(...args) {
    const block = super.render(...args);
    block.element = block.container[0];
    return block;
  }
}

window.telepath.register('cms.ExamQuestion', ExamQuestion);
