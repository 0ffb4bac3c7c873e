import Command

/// What is said when the body is refused.
func refusal(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch let error as CommandError {
    return error.message
  } catch {
    return "not a CommandError: \(error)"
  }
}
