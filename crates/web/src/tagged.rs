//! Frames: JSON objects whose `type` says what else is in them. Read so that a wrong field is named with its path.

use std::fmt;

use serde::de::value::{CowStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, EnumAccess, IgnoredAny, IntoDeserializer, MapAccess, VariantAccess};
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

use crate::json;
use crate::problem::Problem;

#[derive(Deserialize)]
struct Tag {
    r#type: String,
}

/// Reads a frame into an enum whose variants are its types. (serde's own `tag` attribute reads the fields a second
/// time from a copy, and then no longer knows where they stood; nor does it refuse fields beside a bare type.)
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    let Tag { r#type } = json::parse(text)?;
    json::parse_with(text, |reader| T::deserialize(Tagged { tag: &r#type, fields: reader })).map_err(
        |mut problem| {
            for error in problem.errors.iter_mut().filter(|error| error.code == "unknown_value") {
                if error.field == "body" {
                    "type".clone_into(&mut error.field);
                    problem.detail = format!("{} {}.", error.field, error.detail);
                }
            }
            problem
        },
    )
}

struct Tagged<'a, D> {
    tag: &'a str,
    fields: D,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tagged<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, D::Error> {
        Err(de::Error::custom("a frame is an enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Tagged<'_, D> {
    type Error = D::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), D::Error> {
        let tag: StrDeserializer<'_, D::Error> = self.tag.into_deserializer();
        seed.deserialize(tag).map(|variant| (variant, self))
    }
}

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for Tagged<'_, D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        Err(de::Error::custom("a frame's variants have fields"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, D::Error> {
        Err(de::Error::custom("a frame's variants have fields"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, D::Error> {
        Err(de::Error::custom("a frame's variants have fields"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.fields.deserialize_map(Beside(visitor))
    }
}

/// Visits the fields beside `type`.
struct Beside<T>(T);

impl<'de, V: Visitor<'de>> Visitor<'de> for Beside<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Beside(map))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Beside<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.0.next_key::<Cow<'de, str>>()? {
            if key == "type" {
                self.0.next_value::<IgnoredAny>()?;
                continue;
            }
            let key: CowStrDeserializer<'_, A::Error> = key.into_deserializer();
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Object;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    enum Frame {
        Say { id: String, words: Option<Object<Words>> },
        Ping {},
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Words {
        body: String,
    }

    fn fault(text: &str) -> (u16, String, &'static str) {
        let problem = parse::<Frame>(text.as_bytes()).unwrap_err();
        let field = problem.errors.first();
        let code = field.map_or(problem.code, |field| field.code);
        (problem.status.as_u16(), field.map(|field| field.field.clone()).unwrap_or_default(), code)
    }

    #[test]
    fn a_frame_is_read_wherever_its_type_stands() {
        let say = Frame::Say { id: "a".into(), words: Some(Object(Words { body: "b".into() })) };
        assert_eq!(parse::<Frame>(br#"{"id":"a","words":{"body":"b"},"type":"say"}"#), Ok(say));
        assert_eq!(parse::<Frame>(br#"{"type":"ping"}"#), Ok(Frame::Ping {}));
    }

    #[test]
    fn a_wrong_field_of_a_frame_is_named_with_its_path() {
        let table = [
            (r#"{"type":"say","id":1}"#, "id", "wrong_type"),
            (r#"{"type":"say"}"#, "id", "missing"),
            (r#"{"type":"say","id":"a","words":{"body":7}}"#, "words.body", "wrong_type"),
            (r#"{"type":"say","id":"a","words":{}}"#, "words.body", "missing"),
            (r#"{"type":"say","id":"a","words":["b"]}"#, "words", "wrong_type"),
            (r#"{"type":"say","id":"a","id":"b"}"#, "id", "duplicate"),
            (r#"{"type":"say","id":"a","x":1}"#, "x", "unknown"),
            (r#"{"type":"ping","x":1}"#, "x", "unknown"),
            (r#"{"type":"pong"}"#, "type", "unknown_value"),
            (r#"{"type":"say","type":"ping","id":"a"}"#, "type", "duplicate"),
            (r#"{"type":7}"#, "type", "wrong_type"),
            (r#"{"id":"a"}"#, "type", "missing"),
            (r#"["ping"]"#, "body", "wrong_type"),
            (r#""ping""#, "body", "wrong_type"),
        ];
        for (text, field, code) in table {
            assert_eq!(fault(text), (422, field.to_owned(), code), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_no_frame() {
        for text in
            ["", "{", r#"{"type":"ping"} x"#, r#"{"type":"say","id":"\ud800"}"#, r#"{"type":"say","x":1"#]
        {
            assert_eq!(fault(text).0, 400, "{text}");
        }
    }
}
