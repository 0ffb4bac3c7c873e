import ArgumentParser
import Data

/// How training data is read, for verbs that take some by its path.
struct RecipeDataOptions: ParsableArguments {
  @Option(help: "The data's format; found by looking if not given.")
  var format: String?

  @Option(help: "Take the first so many training images.")
  var trainLimit: Int?

  @Option(help: "Resize pictures of folders and tables to squares of this side.")
  var imageSize: Int?

  @Option(help: "How pictures come to that size (shortSideThenCrop if not given).")
  var resize: PictureResize?

  @Option(help: "Channels of pictures of folders and tables (rgb if not given).")
  var channels: Picture.Channels?

  @Option(help: "Ten classes of a folder with ImageNet.")
  var subset: ImageNetSubset?

  /// What was given, as assignments to a recipe.
  var assignments: [String] {
    let given: [(String, String?)] = [
      ("format", format), ("trainLimit", trainLimit.map(String.init)),
      ("imageSize", imageSize.map(String.init)), ("resize", resize?.rawValue),
      ("channels", channels?.rawValue), ("subset", subset?.rawValue),
    ]
    return given.compactMap { key, value in value.map { "data.\(key)=\($0)" } }
  }
}
