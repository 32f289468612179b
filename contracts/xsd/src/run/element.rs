//! Start tags: by which declaration and type an element is judged (XML Schema Part 1, section 3.3.4).

use super::instance::Instance;
use super::report::At;
use super::{Frame, Mode, Run, Tag, words};
use crate::automaton::Step;
use crate::limits;
use crate::names::{Known, NONE, number};
use crate::tables::{Content, Governing, Methods};
use crate::wildcard::Process;

/// What judges an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judge {
    /// This declaration.
    Element(u32),
    /// Its own `xsi:type`, or a violation.
    Strictly,
    /// Its own `xsi:type`, or anything goes.
    Laxly,
    /// Nothing.
    Nothing,
}

impl Run<'_> {
    /// A start tag.
    pub(crate) fn start<T: Tag>(&mut self, tag: &T) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        let names = &self.tables.names;
        let name = tag.known(names);
        self.trail.enter(names, name, tag);
        let judge = match self.frames.last() {
            Some(_) => self.child(name, tag.local()),
            None => match self.tables.global_element(name.symbol) {
                Some(id) => Judge::Element(id),
                None => Judge::Strictly,
            },
        };
        let opened = match judge {
            Judge::Nothing => false,
            Judge::Element(id) => self.declared(tag, name, id),
            Judge::Strictly | Judge::Laxly => self.undeclared(tag, name, judge),
        };
        if !opened {
            self.skipped = 1;
        }
    }

    /// The first start tag, of an element that must be of a type, whatever it is called.
    pub(crate) fn start_typed<T: Tag>(&mut self, tag: &T, declared: Governing) {
        let names = &self.tables.names;
        let name = tag.known(names);
        self.trail.enter(names, name, tag);
        let instance = self.instance(tag);
        let governing = self.stated(tag, declared, Methods::NONE, &instance);
        if !self.open(tag, name, NONE, governing, &instance) {
            self.skipped = 1;
        }
    }

    /// What judges a child of the element that is open.
    fn child(&mut self, name: Known, local: &str) -> Judge {
        let Some(frame) = self.frames.last_mut() else { return Judge::Nothing };
        frame.has_children = true;
        let Mode::Elements { model, .. } = frame.mode else {
            return self.child_of_value();
        };
        // After a fault the model cannot say what comes next, but still how what comes is declared.
        let step = if frame.derailed {
            Step::No
        } else {
            self.tables.automata.step(
                model,
                &mut frame.state,
                &mut self.stack,
                name,
                &mut self.count_steps,
            )
        };
        match step {
            Step::Element(id) => Judge::Element(id),
            Step::Wildcard(id) => self.let_in(id, name),
            Step::No | Step::TooMany => {
                let is_first = !frame.derailed;
                if is_first {
                    self.derail(model, step, local);
                }
                self.child_anywhere(model, name, is_first)
            }
        }
    }

    /// What judges a child of a model that cannot say any more what comes next: its declaration or the wildcard that
    /// lets it in, wherever in the model these stand. One that was told to stand in the wrong place is not told as
    /// undeclared as well.
    fn child_anywhere(&mut self, model: u32, name: Known, is_told: bool) -> Judge {
        let automata = &self.tables.automata;
        let memory = self.anywhere.entry((model, name.symbol));
        if let Some(found) = *memory.or_insert_with(|| automata.anywhere(model, name.symbol)) {
            return Judge::Element(found);
        }
        let memory = self.let_in_anywhere.entry((model, name.namespace));
        let found = *memory.or_insert_with(|| automata.wildcard_anywhere(model, name.namespace));
        match found.map(|wildcard| self.let_in(wildcard, name)) {
            Some(Judge::Strictly) if is_told => Judge::Nothing,
            judge => judge.unwrap_or(Judge::Nothing),
        }
    }

    fn let_in(&self, wildcard: u32, name: Known) -> Judge {
        let process = self.tables.automata.wildcards.get(wildcard as usize);
        match process.map_or(Process::Skip, |each| each.process) {
            Process::Skip => Judge::Nothing,
            process => match self.tables.global_element(name.symbol) {
                Some(id) => Judge::Element(id),
                None if process == Process::Strict => Judge::Strictly,
                None => Judge::Laxly,
            },
        }
    }

    /// A child that the model does not have here.
    fn derail(&mut self, model: u32, step: Step, local: &str) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.derailed = true;
        let expected = self.tables.automata.expected(model, frame.state, &self.stack);
        let (constraint, sentence) = if step == Step::TooMany {
            (limits::COUNTS, "the children can be counted in more ways than the limit".to_owned())
        } else if expected.is_empty() {
            ("cvc-complex-type.2.4.d", "no element may stand here".to_owned())
        } else {
            let names = words::expected(self.tables, &expected, Some(local));
            let sentence = format!("the element may not stand here; expected: {names}");
            ("cvc-complex-type.2.4.a", sentence)
        };
        self.report(constraint, sentence, At::Element);
    }

    /// A child where there may be none at all.
    fn child_of_value(&mut self) -> Judge {
        let Some(frame) = self.frames.last_mut() else { return Judge::Nothing };
        if std::mem::replace(&mut frame.derailed, true) {
            return Judge::Nothing;
        }
        let (mode, governing) = (frame.mode, frame.governing);
        let (constraint, sentence) = match (mode, governing) {
            (Mode::Nil, _) => ("cvc-elt.3.2.1", words::NIL_NOT_EMPTY),
            (Mode::Simple, Governing::Simple(_)) => {
                ("cvc-type.3.1.2", "no element may stand here: the type is simple")
            }
            (Mode::Simple, Governing::Complex(_)) => {
                ("cvc-complex-type.2.2", "no element may stand here: the content is a value")
            }
            _ => ("cvc-complex-type.2.1", "no element may stand here: the element must be empty"),
        };
        self.report(constraint, sentence, At::Element);
        Judge::Nothing
    }

    /// Opens an element that has no declaration. `false` where it is not judged.
    fn undeclared<T: Tag>(&mut self, tag: &T, name: Known, judge: Judge) -> bool {
        let instance = self.instance(tag);
        let governing = match self.instance_type(tag, &instance) {
            Ok(Some(governing)) => governing,
            Ok(None) if judge == Judge::Laxly => Governing::Complex(self.tables.any_type),
            Ok(None) => {
                let sentence = "the schema has no declaration for the element";
                self.report("cvc-elt.1", sentence, At::Element);
                return false;
            }
            Err(()) => return false,
        };
        self.open(tag, name, NONE, governing, &instance)
    }

    /// Opens an element that has a declaration. `false` where it is not judged.
    fn declared<T: Tag>(&mut self, tag: &T, name: Known, id: u32) -> bool {
        let Some(element) = self.tables.element(id) else { return false };
        if self.frames.is_empty() {
            self.root = id;
        }
        if element.is_abstract {
            // What is in it is judged all the same, by its type.
            let sentence = "the element is abstract: one of its substitution group must stand here";
            self.report("cvc-elt.2", sentence, At::Element);
        }
        if element.type_missing {
            let sentence = "the schema has no definition for the type of the element";
            self.report("cvc-type.1", sentence, At::Element);
            return false;
        }
        let instance = self.instance(tag);
        let governing = self.stated(tag, element.governing, element.block, &instance);
        self.open(tag, name, id, governing, &instance)
    }

    /// The type that an element is judged by: the declared one, unless it names one that may stand for it.
    fn stated<T: Tag>(
        &mut self,
        tag: &T,
        declared: Governing,
        block: Methods,
        instance: &Instance<'_>,
    ) -> Governing {
        let Ok(Some(stated)) = self.instance_type(tag, instance) else { return declared };
        let prohibited = match declared {
            Governing::Complex(complex) => self.tables.complex(complex).map(|each| each.block),
            Governing::Simple(_) => None,
        };
        let block = block.and(prohibited.unwrap_or(Methods::NONE));
        if self.tables.derives(stated, declared, block) {
            return stated;
        }
        let sentence = "xsi:type names a type that may not stand for the declared one";
        self.report("cvc-elt.4.3", sentence, At::Element);
        // One that is only barred says best what the element was meant to be.
        if self.tables.derives(stated, declared, Methods::NONE) { stated } else { declared }
    }

    /// Opens an element by its type.
    fn open<T: Tag>(
        &mut self,
        tag: &T,
        name: Known,
        element: u32,
        governing: Governing,
        instance: &Instance<'_>,
    ) -> bool {
        let nil = self.nil(element, instance);
        let (mut mode, mut derailed) = (Mode::Simple, false);
        if let Governing::Complex(id) = governing {
            let Some(complex) = self.tables.complex(id) else { return false };
            if complex.is_abstract {
                let sentence = "the type is abstract: xsi:type must name one derived from it";
                self.report("cvc-type.2", sentence, At::Element);
                // The type that was meant may have more in it: children are judged, their order is not.
                derailed = true;
            }
            mode = match complex.content {
                Content::Empty => Mode::Empty,
                Content::Simple(_) => Mode::Simple,
                Content::Elements { model, mixed } => Mode::Elements { model, mixed },
            };
        }
        let stack = number(self.stack.len());
        let state = match mode {
            Mode::Elements { model, .. } => self.tables.automata.begin(model, &mut self.stack),
            _ => 0,
        };
        self.frames.push(Frame {
            governing,
            element,
            mode: if nil { Mode::Nil } else { mode },
            state,
            stack,
            text: self.text.len(),
            derailed,
            text_faulty: false,
            has_children: false,
            awaited: false,
        });
        self.enter_scopes(name, element);
        self.judge_attributes(tag, governing, instance);
        true
    }

    /// Tells identity constraints of the element.
    fn enter_scopes(&mut self, name: Known, element: u32) {
        let ids = self.tables.element(element).map_or(&[][..], |each| &each.constraints);
        if self.scopes.is_idle() && ids.is_empty() {
            return;
        }
        let depth = number(self.frames.len());
        let (all, trail) = (&self.tables.constraints, &mut self.trail);
        let mut mark = || trail.mark();
        let mut awaited = false;
        if !self.scopes.is_idle() {
            awaited = self.scopes.enter(all, depth, name, &mut mark, &mut self.identity);
        }
        awaited |= self.scopes.open(all, ids, depth, &mut mark);
        if let Some(frame) = self.frames.last_mut() {
            frame.awaited = awaited;
        }
        self.tell_identity();
    }
}
